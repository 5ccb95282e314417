import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { lang } from '@/i18n';
import type { Entity, Row } from '@/meta/types';
import { call, get } from './http';
import { isProblem } from './problem';
import { forgetTitle } from './titles';

export interface PageOf<T> {
  data: T[];
  next_cursor: string | null;
  total?: number;
}

export type Params = Record<string, string | number | boolean | undefined>;

export const recordKey = (path: string, id: string) => ['record', path, id, lang()];
export const listKey = (path: string, params: Params) => ['list', path, lang(), params];

// useRecord reads one record.
export const useRecord = (path: string, id: string | undefined) =>
  useQuery({
    queryKey: recordKey(path, id ?? ''),
    queryFn: ({ signal }) => get<Row>(`${path}/${id}`, undefined, signal),
    enabled: !!id,
  });

// useList reads one page of a list: for small lists, boards, pickers.
export const useList = <T = Row>(path: string, params: Params = {}, on = true) =>
  useQuery({
    queryKey: [...listKey(path, params), 'page'],
    queryFn: ({ signal }) => get<PageOf<T>>(path, params, signal),
    enabled: on,
    placeholderData: (before) => before,
  });

// Total is what a group of records adds up to: the values that they share, how many there are, the sums.
export interface Total {
  count: number;
  currency?: string | null; // amounts are added for each currency apart
  sums?: Record<string, string | number>;
  [field: string]: unknown;
}

// useTotals reads what the records that a list's parameters select add up to: by, sum.
export const useTotals = (path: string, params: Params, on = true) =>
  useQuery({
    queryKey: [...listKey(path, params), 'totals'],
    queryFn: ({ signal }) => get<{ data: Total[]; more: boolean }>(`${path}/totals`, params, signal),
    enabled: on,
    placeholderData: (before) => before,
  });

// usePages reads a long list page by page; the first page counts, more reads the next.
export function usePages(path: string, params: Params, on = true, size = 100) {
  const q = useInfiniteQuery({
    queryKey: listKey(path, params),
    enabled: on,
    queryFn: ({ pageParam, signal }) =>
      get<PageOf<Row>>(path, { ...params, limit: size, cursor: pageParam, count: pageParam === '' ? true : undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = useMemo(() => q.data?.pages.flatMap((p) => p.data) ?? [], [q.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = q;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { ...q, rows, more, total: q.data?.pages[0]?.total };
}

// useGrowing reads a list in pieces that stay together: what is shown can be made longer until all of it is there (More shows how).
export function useGrowing<T = Row>(path: string, params: Params, size = 200, on = true) {
  const q = useInfiniteQuery({
    queryKey: [...listKey(path, params), 'growing', size],
    queryFn: ({ pageParam, signal }) =>
      get<PageOf<T>>(path, { ...params, limit: size, cursor: pageParam, count: pageParam === '' ? true : undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: on,
    placeholderData: (before) => before,
  });
  const rows = useMemo(() => q.data?.pages.flatMap((p) => p.data) ?? [], [q.data]);
  return { ...q, rows, total: q.data?.pages[0]?.total };
}

// The most pages that useWhole reads: beyond it a sum over all rows would keep a browser too long.
const mostPages = 40;

// useWhole reads all rows that a list selects, for what has to be counted over all of them: parts of a bill of materials, open items of a customer.
export const useWhole = <T = Row>(path: string, params: Params = {}, on = true) =>
  useQuery({
    queryKey: [...listKey(path, params), 'page', 'whole'],
    queryFn: async ({ signal }) => {
      const all: PageOf<T> = { data: [], next_cursor: '' };
      for (let n = 0; n < mostPages && all.next_cursor !== null; n++) {
        const page = await get<PageOf<T>>(path, { ...params, limit: 500, cursor: all.next_cursor || undefined }, signal);
        all.data.push(...page.data);
        all.next_cursor = page.next_cursor;
      }
      return all;
    },
    enabled: on,
    placeholderData: (before) => before,
  });

type Cached = Row | PageOf<Row> | InfiniteData<PageOf<Row>> | undefined;

function replaced(cached: Cached, id: string, change: (r: Row) => Row): Cached {
  const page = <P extends PageOf<Row>>(p: P): P => ({ ...p, data: p.data.map((r) => (r.id === id ? change(r) : r)) });
  if (!cached) return cached;
  if ('pages' in cached) return { ...cached, pages: (cached as InfiniteData<PageOf<Row>>).pages.map(page) };
  if (Array.isArray((cached as PageOf<Row>).data)) return page(cached as PageOf<Row>);
  return (cached as Row).id === id ? change(cached as Row) : cached;
}

// showNow changes a record wherever it is shown, and returns what undoes that.
export function showNow(client: QueryClient, path: string, id: string, change: (r: Row) => Row): () => void {
  const before = [
    ...client.getQueriesData<Cached>({ queryKey: ['list', path] }),
    ...client.getQueriesData<Cached>({ queryKey: ['record', path, id] }),
  ];
  for (const [key, cached] of before) client.setQueryData(key, replaced(cached, id, change));
  return () => {
    for (const [key, cached] of before) client.setQueryData(key, cached);
  };
}

// settled lets everything that a write may have changed be read again: a cascade reaches across modules.
export function settled(client: QueryClient, path: string, id?: string) {
  forgetTitle(path, id);
  return client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'meta' && q.queryKey[0] !== 'me' });
}

export interface Change {
  id: string;
  version: number;
  values: Record<string, unknown>;
}

// useChange changes fields of a record: shown at once, taken back when the server refuses.
export function useChange(entity: Entity) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (c: Change) =>
      (await call<Row>('PATCH', `${entity.path}/${c.id}`, { body: c.values, version: c.version })).data,
    onMutate: async (c) => {
      await client.cancelQueries({ queryKey: ['list', entity.path] });
      return { undo: showNow(client, entity.path, c.id, (r) => ({ ...r, ...c.values })) };
    },
    onError: (e, _c, context) => {
      context?.undo();
      if (isProblem(e) && e.conflict) void client.invalidateQueries({ queryKey: ['record', entity.path] });
    },
    onSuccess: (row, c) => {
      showNow(client, entity.path, c.id, (r) => ({ ...r, ...row }));
      void settled(client, entity.path, c.id);
    },
  });
}

// useCreate makes a record. key is drawn once for each form, so that a second click makes no second record.
export function useCreate(entity: Entity) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (c: { values: Record<string, unknown>; key: string }) =>
      (await call<Row>('POST', entity.path, { body: c.values, key: c.key })).data,
    onSuccess: () => void settled(client, entity.path),
  });
}

export function useRemove(entity: Entity) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (c: { id: string; version: number }) => call('DELETE', `${entity.path}/${c.id}`, { version: c.version }),
    onSuccess: () => void settled(client, entity.path),
  });
}

export interface Act {
  id: string;
  action: string;
  input?: Record<string, unknown>;
  key: string;
  preview?: string;
}

// Acted is a record after an action; parked: it waits for an approval.
export interface Acted {
  row: Row;
  parked: boolean;
}

// useAct runs an action.
export function useAct(entity: Entity) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (a: Act): Promise<Acted> => {
      const r = await call<Row>('POST', `${entity.path}/${a.id}/${a.action}`, {
        body: a.input ?? {},
        key: a.key,
        preview: a.preview,
      });
      return { row: r.data, parked: r.status === 202 };
    },
    onSuccess: (_r, a) => void settled(client, entity.path, a.id),
  });
}

export interface Effect {
  entity: string;
  label: string;
  action: string;
  record: string;
  title?: string;
  module?: string;
  values?: Record<string, unknown>;
  was?: Record<string, unknown>;
  names?: Record<string, string>;
  _denied?: string[];
}

// Fate is what becomes of a document that is there already: called off, made smaller or larger, kept, or for someone to decide.
export interface Fate {
  effect: 'decision' | 'cancelled' | 'reduced' | 'raised' | 'kept';
  entity: string;
  label?: string;
  record_id: string;
  no: string;
  from?: string;
  to?: string;
  cost?: string;
  choices?: { choice: string; label: string; cost?: string }[];
  chosen?: string; // what the request named
}

export interface Branch {
  id?: string;
  type: string;
  entity?: string;
  record?: string;
  effects: Effect[];
  caused: Branch[];
}

// Tree is what an act would make happen, or what a record came from and caused.
export interface Tree {
  effects?: (Effect | Fate)[];
  events: Branch[];
  approvals?: { entity: string; record: string; action: string; rules: string[]; label: string; steps: unknown[] }[];
  hash?: string;
}

// fatesOf and actsOf tell apart what a tree begins with.
export const fatesOf = (t: Tree): Fate[] => (t.effects ?? []).filter((e): e is Fate => 'effect' in e);
export const actsOf = (t: Tree): Effect[] => (t.effects ?? []).filter((e): e is Effect => !('effect' in e));

// preview asks what an action would do; nothing is saved.
export const preview = async (path: string, a: Pick<Act, 'id' | 'action' | 'input'>) =>
  (await call<Tree>('POST', `${path}/${a.id}/${a.action}`, { body: a.input ?? {}, query: { dry_run: true } })).data;

export const newKey = () => crypto.randomUUID();
