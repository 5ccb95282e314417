import { useQueries } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { get } from '@/api/http';
import { actsOf, listKey, type PageOf, type Params, preview, type Total, type Tree, useList, useTotals } from '@/api/records';
import { byOf } from '@/api/titles';
import { actionsFor } from '@/meta/access';
import { stateName, tone } from '@/meta/kinds/option';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Action, Entity, Field, Row } from '@/meta/types';
import { add } from '@/ui/decimal';
import { shortMoney } from '@/ui/format';
import type { Tone } from '@/ui/parts';

// BoardColumn is one value of the field that a board is laid out by.
export interface BoardColumn {
  value: string;
  label: string;
  tone: Tone;
}

// boardField is the field that a board of an entity is laid out by, if no one says another: its state, else the first field that is one.
export function boardField(e: Entity): Field | undefined {
  const state = fieldOf(e, e.state);
  if (state?.options?.length) return state;
  return e.fields.find((f) => f.options?.length && stateName.test(f.name));
}

// useColumns are the columns of a board: the options of a field, or the records that it may point to in their order.
export function useColumns(field: Field | undefined): BoardColumn[] {
  const target = useMeta().named(field?.ref);
  const order = target?.fields.some((f) => f.name === 'sequence') ? 'sequence' : (target?.title ?? 'id');
  const list = useList(target?.path ?? '', { sort: order, limit: 50 }, !!target);
  if (!field) return [];
  if (field.options) return field.options.map((o) => ({ ...o, tone: tone(o.value) }));
  if (!target) return [];
  const by = byOf(field.kind, target);
  return (list.data?.data ?? []).map((r) => ({ value: String(r[by]), label: titleOf(target, r), tone: 'gray' }));
}

// Sum is an amount in one currency.
export interface Sum {
  currency: string | undefined;
  amount: string;
}

export interface Stack {
  column: BoardColumn;
  rows: Row[];
  total: number;
  sums?: Sum[]; // of all records of the column, by currency
  totals: Total[]; // what the column adds up to, as it was asked for
}

// stacksOf lays rows out by a field. A row that was just moved stands where it went, whatever list it was read with.
export function stacksOf(columns: BoardColumn[], rows: Row[], field: string, totals: Total[], sum?: string): Stack[] {
  return columns.map((column) => {
    const mine = rows.filter((r) => String(r[field] ?? '') === column.value);
    const own = totals.filter((t) => String(t[field] ?? '') === column.value);
    return {
      column,
      rows: mine,
      total: Math.max(
        own.reduce((n, t) => n + t.count, 0),
        mine.length,
      ),
      sums: sum === undefined ? undefined : sumsOf(own, sum),
      totals: own,
    };
  });
}

// sumsOf adds totals up for each currency, the largest part of the records first.
export function sumsOf(totals: Total[], sum: string, of = (t: Total, amount: string) => (t ? amount : '0')): Sum[] {
  const by = new Map<string, string>();
  for (const t of totals) {
    const key = String(t.currency ?? '');
    by.set(key, add(by.get(key) ?? '0', of(t, String(t.sums?.[sum] ?? '0'))));
  }
  return [...by].map(([currency, amount]) => ({ currency: currency || undefined, amount }));
}

// short is how sums stand where space is short: 万/亿, one currency after the other.
export const short = (sums: Sum[]) => sums.map((s) => shortMoney(s.amount, s.currency)).join(' + ');

export interface BoardAsk {
  limit?: number; // cards of a column
  sum?: string; // the amount that columns add up
  by?: string[]; // further fields that totals are told apart by
}

const further = 100; // cards that a column grows by

// piecesOf are the readings that a column consists of: its first cards, and more each time that somebody asked.
export const piecesOf = (limit: number, times: number): { skip?: number; limit: number }[] => [
  { limit },
  ...Array.from({ length: times }, (_, i) => ({ skip: limit + i * further, limit: further })),
];

// useBoard reads the first records of each column, and what all of its records add up to; more shows more of one column.
export function useBoard(entity: Entity, field: Field | undefined, filters: Params, columns: BoardColumn[], ask: BoardAsk = {}) {
  const name = field?.name ?? '';
  const { limit = 50, sum, by = [] } = ask;
  const { sort: _sort, ...matching } = filters;
  const totals = useTotals(entity.path, { ...matching, by: [name, ...by].join(','), sum }, !!field);
  const [times, setTimes] = useState<Record<string, number>>({});
  const more = (c: BoardColumn) => setTimes((n) => ({ ...n, [c.value]: (n[c.value] ?? 0) + 1 }));
  const read = useQueries({
    queries: columns.flatMap((c) =>
      piecesOf(limit, times[c.value] ?? 0).map((piece) => {
        const params: Params = { ...filters, [name]: c.value, ...piece };
        return {
          queryKey: [...listKey(entity.path, params), 'page'],
          queryFn: ({ signal }: { signal: AbortSignal }) => get<PageOf<Row>>(entity.path, params, signal),
        };
      }),
    ),
    combine: (all) => {
      const rows = new Map<string, Row>();
      for (const q of all) for (const r of q.data?.data ?? []) rows.set(r.id, r);
      return {
        rows: [...rows.values()],
        pending: columns.length === 0 || all.some((q) => q.isPending),
        error: all.find((q) => q.isError)?.error,
      };
    },
  });
  return { ...read, totals: totals.data?.data ?? [], more };
}

const brings = (tree: Tree, id: string, field: string, to: string): boolean => {
  const effects = [...actsOf(tree), ...tree.events.flatMap((b) => b.effects)];
  return effects.some((e) => e.record === id && e.values?.[field] === to);
};

// useLeading finds the action that brings a record to a state: what each would do is asked of the server, once for each pair of states.
export function useLeading(entity: Entity) {
  const known = useRef(new Map<string, Action | undefined>());
  return async (row: Row, field: Field, to: string): Promise<Action | undefined> => {
    const key = `${row[field.name]}>${to}`;
    if (known.current.has(key)) return known.current.get(key);
    const able = actionsFor(entity, row).filter(
      (a) => !a.input?.some((i) => !i.optional && i.kind !== 'text' && i.kind !== 'bool'),
    );
    const trees = await Promise.all(able.map((a) => preview(entity.path, { id: row.id, action: a.name }).catch(() => undefined)));
    const found = able.find((_, i) => trees[i] && brings(trees[i], row.id, field.name, to));
    if (found) known.current.set(key, found);
    return found;
  };
}
