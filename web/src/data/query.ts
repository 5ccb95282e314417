import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Op } from '@/meta/kind';
import type { Entity } from '@/meta/types';

// A list's state is its address: filters as the API takes them, the order, the columns, the view.
export interface Filter {
  field: string;
  op: Op;
  value: string;
}

export interface ListState {
  filters: Filter[];
  group: string; // filter=: conditions joined by and and or, beside filters, which all hold
  q: string;
  sort: string;
  cols: string[] | undefined;
  view: string | undefined; // a saved view
  as: string | undefined; // table, or one of the list's other views
  by: string | undefined; // the field that the table is grouped by
}

type Search = Record<string, string | undefined>;

const own = new Set(['filter', 'q', 'sort', 'cols', 'view', 'as', 'by', 'open']);

export const paramOf = (f: Pick<Filter, 'field' | 'op'>) => (f.op === 'eq' ? f.field : `${f.field}[${f.op}]`);

export function readFilter(param: string, value: string): Filter {
  const m = /^(.+)\[(\w+)\]$/.exec(param);
  return { field: m?.[1] ?? param, op: (m?.[2] as Op) ?? 'eq', value };
}

export function readState(s: Search): ListState {
  const filters = Object.entries(s).flatMap(([k, v]) => (own.has(k) || v === undefined ? [] : [readFilter(k, v)]));
  return {
    filters,
    group: s.filter ?? '',
    q: s.q ?? '',
    sort: s.sort ?? '',
    cols: s.cols?.split(','),
    view: s.view,
    as: s.as,
    by: s.by,
  };
}

export function writeState(s: Partial<ListState>): Search {
  const out: Search = {};
  for (const f of s.filters ?? []) out[paramOf(f)] = f.value;
  if (s.group) out.filter = s.group;
  if (s.q) out.q = s.q;
  if (s.sort) out.sort = s.sort;
  if (s.cols) out.cols = s.cols.join(',');
  if (s.view) out.view = s.view;
  if (s.as) out.as = s.as;
  if (s.by) out.by = s.by;
  return out;
}

// askOf is what of it the API is asked.
export const askOf = (s: ListState): Record<string, string> => {
  const { cols: _c, view: _v, as: _a, by: _b, ...rest } = writeState(s);
  return rest as Record<string, string>;
};

// orderOf is how a list stands that nobody has sorted: in the order of its records, where they have one; by code, as books do; else the newest first.
export const orderOf = (e: Entity): Record<string, string> =>
  ['sequence', 'code'].filter((n) => e.fields.some((f) => f.name === n && f.list)).map((sort) => ({ sort }))[0] ?? {};

// nextSort goes from ascending to descending to none; more keys with Shift.
export function nextSort(sort: string, field: string, add: boolean): string {
  const keys = sort.split(',').filter(Boolean);
  const now = keys.find((k) => k.replace('-', '') === field);
  const next = now === undefined ? field : now === field ? `-${field}` : '';
  if (!add) return next;
  return now === undefined
    ? [...keys, field].join(',')
    : keys
        .map((k) => (k === now ? next : k))
        .filter(Boolean)
        .join(',');
}

export function useListState(): [ListState, (change: Partial<ListState>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const state = useMemo(() => readState(search), [search]);
  const set = useCallback(
    (change: Partial<ListState>) => {
      const next = writeState({ ...readState(search), ...change });
      void navigate({ to: '.', search: next, replace: true } as never);
    },
    [navigate, search],
  );
  return [state, set];
}
