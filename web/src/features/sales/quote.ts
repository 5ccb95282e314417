import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call, post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { actsOf, type Effect, type PageOf, type Tree, useList } from '@/api/records';
import { bodyOf, type Draft, type Line } from '@/data/draft';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { add } from '@/ui/decimal';
import { useSettled } from '@/ui/settled';

const ready = (l: Line) =>
  typeof l.product_id === 'string' && l.product_id !== '' && typeof l.quantity === 'string' && l.quantity !== '';

// filled are the lines that say what and how much, with their places among all.
export const filled = (lines: Line[]) => lines.flatMap((line, at) => (ready(line) ? [{ line, at }] : []));

export interface Quote {
  order?: Effect;
  lines: Map<number, Record<string, unknown>>; // by place in the grid
  problem?: Problem;
}

// useQuote asks the server what the order would come to: prices of the lists, taxes and totals as they would be saved.
export function useQuote(draft: Draft): Quote {
  const lines = draft.lines.lines ?? [];
  const asked = useSettled<Record<string, unknown>>({
    ...bodyOf({ ...draft, lines: { lines: filled(lines).map((f) => f.line) } }),
    customer_id: draft.values.customer_id,
  });
  const places = filled(lines).map((f) => f.at);
  const { data, error } = useQuery({
    queryKey: ['quote', asked],
    queryFn: async ({ signal }) =>
      (await call<Tree>('POST', 'sales/orders', { body: asked, query: { dry_run: true }, signal })).data,
    enabled: !!asked.customer_id && Array.isArray(asked.lines) && asked.lines.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 20_000,
  });
  const effects = data ? actsOf(data) : [];
  const rows = effects.filter((e) => e.entity === 'sales.order_line');
  return {
    order: effects.find((e) => e.entity === 'sales.order'),
    lines: new Map(rows.map((e) => [places[Number(e.values?.position ?? 0)] ?? -1, e.values ?? {}])),
    problem: isProblem(error) ? error : undefined,
  };
}

export interface Promised {
  free?: string;
  earliest?: string;
  late?: number;
  way?: string;
}

export interface Promises {
  lines: Map<number, Promised>;
  all?: Promised;
}

interface PromiseRow {
  line: number | null;
  free_quantity?: string;
  earliest_date?: string | null;
  late_days?: number;
  way?: string;
}

// usePromise tells when what is being typed could be delivered. Where that cannot be asked, it tells what is free in stock.
export function usePromise(draft: Draft): Promises {
  const balances = useMeta().named('inventory.stock_balance');
  const rows = filled(draft.lines.lines ?? []);
  const asked = useSettled({
    customer_id: draft.values.customer_id ?? undefined,
    requested_date: draft.values.requested_date ?? undefined,
    lines: rows.map(({ line }) => ({ product_id: line.product_id, quantity: line.quantity, unit: line.unit ?? undefined })),
  });
  const able = useQuery({
    queryKey: ['promise', asked],
    queryFn: ({ signal }) => post<PageOf<PromiseRow>>('sales/promise', asked, { signal }),
    enabled: asked.lines.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 20_000,
  });
  const without = isProblem(able.error) && [403, 404, 405].includes(able.error.status);
  const ids = [...new Set(asked.lines.map((l) => String(l.product_id)))];
  const stock = useList(
    'inventory/stock_balances',
    { 'product_id[in]': ids.join(','), limit: 500 },
    without && ids.length > 0 && !!balances,
  );
  if (!without) {
    const said = able.data?.data ?? [];
    const of = (r: PromiseRow): Promised => ({
      free: r.free_quantity,
      earliest: r.earliest_date ?? undefined,
      late: r.late_days,
      way: r.way,
    });
    const all = said.find((r) => r.line === null);
    return {
      lines: new Map(said.flatMap((r) => (r.line === null ? [] : [[rows[r.line]?.at ?? -1, of(r)]]))),
      all: all && of(all),
    };
  }
  const free = (id: unknown) =>
    add(...(stock.data?.data ?? []).filter((b: Row) => b.product_id === id).map((b: Row) => String(b.free ?? '0')));
  return { lines: new Map(stock.data ? rows.map(({ line, at }) => [at, { free: free(line.product_id) }]) : []) };
}

// useProducts reads the products of the lines once each: for their units and, where it may be seen, their cost.
export function useProducts(lines: Line[]): Map<string, Row> {
  const ids = useSettled([...new Set(filled(lines).map((f) => String(f.line.product_id)))].sort());
  const { data } = useList('inventory/products', { 'id[in]': ids.join(','), limit: 200 }, ids.length > 0);
  return new Map((data?.data ?? []).map((r) => [r.id, r]));
}
