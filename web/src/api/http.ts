import { locale } from '@/i18n';
import { reached } from './online';
import { Problem } from './problem';

// The session's secret that writes must show, and how to get a new session when this one has run out.
export const session: { csrf: string; renew?: () => Promise<void> } = { csrf: '' };

export interface Call {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  version?: number; // If-Match
  key?: string; // Idempotency-Key
  preview?: string; // X-Preview-Hash
  signal?: AbortSignal;
  outside?: boolean; // before a session: a 401 is an answer like others
}

export interface Answer<T> {
  status: number;
  data: T;
}

export function url(path: string, query?: Call['query']): string {
  const p = new URLSearchParams();
  for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined && v !== '') p.set(k, String(v));
  const tail = p.toString();
  return `/api/v1/${path}${tail ? `?${tail}` : ''}`;
}

function headers(method: string, c: Call): Headers {
  const h = new Headers({ Accept: 'application/json', 'Accept-Language': locale() });
  if (method !== 'GET' && session.csrf) h.set('X-Csrf-Token', session.csrf);
  if (c.body !== undefined && !(c.body instanceof FormData)) h.set('Content-Type', 'application/json');
  if (c.version !== undefined) h.set('If-Match', `"${c.version}"`);
  if (c.key) h.set('Idempotency-Key', c.key);
  if (c.preview) h.set('X-Preview-Hash', c.preview);
  return h;
}

async function once<T>(method: string, path: string, c: Call): Promise<Answer<T>> {
  let r: Response;
  try {
    const body = c.body === undefined ? undefined : c.body instanceof FormData ? c.body : JSON.stringify(c.body);
    r = await fetch(url(path, c.query), { method, headers: headers(method, c), body, signal: c.signal });
  } catch (e) {
    if (c.signal?.aborted) throw e;
    reached(false);
    throw new Problem(0, { reason: 'offline' });
  }
  reached(true);
  const text = await r.text();
  let data: unknown = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    throw new Problem(r.status || 500, { reason: 'unreadable' });
  }
  if (!r.ok) throw new Problem(r.status, (data ?? {}) as Record<string, unknown>);
  return { status: r.status, data: data as T };
}

// call asks the API. When the session has run out it waits for a new one and asks again, so that nothing that was typed is lost.
export async function call<T>(method: string, path: string, c: Call = {}): Promise<Answer<T>> {
  try {
    return await once<T>(method, path, c);
  } catch (e) {
    const renewable = e instanceof Problem && (e.status === 401 || e.reason === 'csrf.invalid') && !c.outside;
    if (!renewable || !session.renew) throw e;
    await session.renew();
    return once<T>(method, path, c);
  }
}

export const get = async <T>(path: string, query?: Call['query'], signal?: AbortSignal) =>
  (await call<T>('GET', path, { query, signal })).data;
export const post = async <T>(path: string, body: unknown = {}, c: Call = {}) =>
  (await call<T>('POST', path, { ...c, body })).data;
