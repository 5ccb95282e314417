import { useQueries } from '@tanstack/react-query';
import { useRef } from 'react';
import { get } from '@/api/http';
import { actsOf, listKey, type PageOf, type Params, preview, type Tree, useList } from '@/api/records';
import { byOf } from '@/api/titles';
import { actionsFor } from '@/meta/access';
import { stateName, tone } from '@/meta/kinds/option';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Action, Entity, Field, Row } from '@/meta/types';
import { add } from '@/ui/decimal';
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

export interface Stack {
  column: BoardColumn;
  rows: Row[];
  total: number;
  sum?: string; // of the rows that are shown, in the company's own counting
}

// stacksOf lays rows out by a field. A row that was just moved stands where it went, whatever list it was read with.
export function stacksOf(
  columns: BoardColumn[],
  rows: Row[],
  field: string,
  totals: Record<string, number>,
  sum?: string,
): Stack[] {
  return columns.map((column) => {
    const mine = rows.filter((r) => String(r[field] ?? '') === column.value);
    return {
      column,
      rows: mine,
      total: Math.max(totals[column.value] ?? 0, mine.length),
      sum: sum === undefined ? undefined : add(...mine.map((r) => (typeof r[sum] === 'string' ? (r[sum] as string) : '0'))),
    };
  });
}

// useBoard reads the first records of each column, and how many there are.
export function useBoard(entity: Entity, field: Field | undefined, filters: Params, columns: BoardColumn[], limit = 50) {
  const name = field?.name ?? '';
  return useQueries({
    queries: columns.map((c) => {
      const params: Params = { ...filters, [name]: c.value, limit, count: true };
      return {
        queryKey: [...listKey(entity.path, params), 'page'],
        queryFn: ({ signal }: { signal: AbortSignal }) => get<PageOf<Row>>(entity.path, params, signal),
      };
    }),
    combine: (all) => {
      const rows = new Map<string, Row>();
      const totals: Record<string, number> = {};
      all.forEach((q, i) => {
        for (const r of q.data?.data ?? []) rows.set(r.id, r);
        totals[columns[i]?.value ?? ''] = q.data?.total ?? 0;
      });
      return {
        rows: [...rows.values()],
        totals,
        pending: columns.length === 0 || all.some((q) => q.isPending),
        error: all.find((q) => q.isError)?.error,
      };
    },
  });
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
