import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { url } from '@/api/http';
import { forgetTitle } from '@/api/titles';
import { lang } from '@/i18n';
import type { Row } from '@/meta/types';
import { say } from '@/ui/talk';

// What others do is seen as it happens: the server tells what changed, and only what is on screen is asked for again.

interface Changed {
  entity: string;
  path: string;
  id?: string;
  version?: number;
  action: 'create' | 'update' | 'delete' | 'many';
}

export interface Told {
  kind: 'change' | 'notification' | 'job' | 'policy' | 'reset';
  data: Record<string, unknown>;
}

const kinds = ['change', 'notification', 'job', 'policy', 'reset'] as const;

// shows tells whether an answer holds a record as it is now: what one changed oneself is not asked for again.
export function shows(cached: unknown, id: string, version: number): boolean {
  if (!cached || typeof cached !== 'object') return false;
  const c = cached as { id?: string; version?: number; data?: unknown; pages?: unknown[] };
  if (c.id === id) return (c.version ?? 0) >= version;
  if (Array.isArray(c.data)) return c.data.some((r) => shows(r, id, version));
  return Array.isArray(c.pages) && c.pages.some((p) => shows(p, id, version));
}

// stale names what of the cache changes have made old. Figures that are counted over many records (reports, trackers) follow more slowly.
export function stale(key: readonly unknown[], data: unknown, changes: Changed[]): 'now' | 'soon' | false {
  const [kind, path, id] = key as [string, string?, string?];
  if (kind === 'list') {
    const mine = changes.filter((c) => c.path === path);
    return mine.some((c) => !c.id || !c.version || !shows(data, c.id, c.version)) && 'now';
  }
  if (kind === 'record' || kind === 'history' || kind === 'related') {
    const mine = changes.filter((c) => c.path === path && (!c.id || c.id === id));
    return mine.some((c) => kind !== 'record' || !c.version || !shows(data, id ?? '', c.version)) && 'now';
  }
  return kind === 'meta' || kind === 'me' || kind === 'preview' || kind === 'jobs' ? false : 'soon';
}

// Reader takes what the server tells to the cache, gathered for a moment so that a cascade is one reading.
class Reader {
  private changes: Changed[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private slow: ReturnType<typeof setTimeout> | undefined;
  constructor(
    private readonly client: QueryClient,
    private readonly who: string,
  ) {}

  take({ kind, data }: Told) {
    if (kind === 'change') this.gather(data as unknown as Changed);
    else if (kind === 'reset') void this.client.invalidateQueries();
    else if (kind === 'policy')
      void this.client.invalidateQueries({ predicate: (q) => /^(me|meta|modules)$/.test(String(q.queryKey[0])) });
    else if (kind === 'job') this.job(data);
    else this.notice(data as unknown as Row);
  }

  private gather(c: Changed) {
    this.changes.push(c);
    this.timer ??= setTimeout(() => this.read(), 120);
    this.slow ??= setTimeout(() => this.count(), 4000);
  }

  private read() {
    const changes = this.changes;
    this.changes = [];
    this.timer = undefined;
    for (const c of changes) forgetTitle(c.path, c.id);
    void this.client.invalidateQueries({ predicate: (q) => stale(q.queryKey, q.state.data, changes) === 'now' });
  }

  private count() {
    this.slow = undefined;
    void this.client.invalidateQueries({ predicate: (q) => stale(q.queryKey, undefined, []) === 'soon' });
  }

  private job(data: Record<string, unknown>) {
    this.client.setQueryData(['jobs', 'one', data.id], data);
    void this.client.invalidateQueries({ queryKey: ['jobs', 'mine'] });
  }

  private notice(n: Row) {
    if (n.user_id !== this.who) return; // who may see everybody's is told their own
    void this.client.invalidateQueries({ queryKey: ['list', 'notifications'] });
    if (document.visibilityState === 'visible') say.info(String(lang() === 'en' ? n.text_en : n.text_zh), { key: 'notice' });
  }

  end() {
    clearTimeout(this.timer);
    clearTimeout(this.slow);
  }
}

// listen holds the stream open. The browser resumes it by itself after a broken line; after a refusal it is opened anew where it ended.
function listen(tell: (told: Told) => void): () => void {
  let last = '';
  let wait = 1000;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const open = () => {
    source = new EventSource(url('events', { last_event_id: last }));
    source.addEventListener('open', () => {
      wait = 1000;
    });
    for (const kind of kinds)
      source.addEventListener(kind, (e) => {
        last = e.lastEventId || last;
        tell({ kind, data: JSON.parse(e.data) });
      });
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(again);
      again = setTimeout(open, wait);
      wait = Math.min(60_000, wait * 2);
    });
  };
  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}

// useLive follows what happens, for as long as the shell is there. One tab of a browser listens and tells the others: a browser keeps few connections to one server.
export function useLive(user: string, tenant: string) {
  const who = `${user}.${tenant}`;
  const client = useQueryClient();
  useEffect(() => {
    const reader = new Reader(client, user);
    const others = new BroadcastChannel(`live.${who}`);
    const leave = new AbortController();
    let deaf: () => void = () => undefined;
    others.onmessage = (e) => reader.take(e.data as Told);
    const lead = () => {
      deaf = listen((told) => {
        reader.take(told);
        others.postMessage(told);
      });
      return new Promise<void>((done) => leave.signal.addEventListener('abort', () => done()));
    };
    if (!navigator.locks) void lead();
    else navigator.locks.request(`live.${who}`, { signal: leave.signal }, lead).catch(() => undefined);
    return () => {
      leave.abort();
      deaf();
      others.close();
      reader.end();
    };
  }, [client, user, who]);
}
