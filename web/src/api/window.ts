import { useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Row } from '@/meta/types';
import { get } from './http';
import { listKey, type PageOf, type Params } from './records';

const size = 100; // rows of a page
const ahead = 40; // rows that are read before they are seen
const most = 900_000; // rows that can be scrolled to: a browser draws nothing much higher
const pause = 80; // milliseconds between two readings while one scrolls

// pagesOf are the pages that hold rows from one to another, without the first.
export function pagesOf(from: number, to: number, total: number): number[] {
  const last = Math.floor((Math.min(total, to + ahead) - 1) / size);
  const out: number[] = [];
  for (let n = Math.max(1, Math.floor((from - ahead) / size)); n <= last; n++) out.push(n);
  return out;
}

// placeOf says where a page stands, from the end that is nearer.
export function placeOf(n: number, total: number): { skip: number; limit: number } {
  const from = n * size;
  return from * 2 <= total ? { skip: from, limit: size } : { skip: from - total, limit: Math.min(size, total - from) };
}

// Windowed is a list of which only what is looked at is there: its length is that of the whole list, what was not read is a hole.
export type Windowed = readonly (Row | undefined)[];

// useWindow reads the part of a list that is looked at, wherever that is; show says where. What is out of sight is forgotten after a while.
export function useWindow(path: string, params: Params, on = true) {
  const [seen, setSeen] = useState<[number, number]>([0, 0]);
  const first = useQuery({
    queryKey: [...listKey(path, params), 'page', 0],
    queryFn: ({ signal }) => get<PageOf<Row>>(path, { ...params, limit: size, count: true }, signal),
    enabled: on,
    placeholderData: (before) => before,
  });
  const total = first.data?.total;
  const wanted = on && !first.isPlaceholderData ? pagesOf(...seen, Math.min(most, total ?? 0)) : [];
  const read = useQueries({
    queries: wanted.map((n) => ({
      queryKey: [...listKey(path, params), 'page', n],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<PageOf<Row>>(path, { ...params, ...placeOf(n, total ?? 0) }, signal),
      gcTime: 60_000,
    })),
    combine: (all) => all.map((q) => q.data),
  });
  const at = wanted[0] ?? 0;
  const rows = useMemo<Windowed>(() => {
    const out: (Row | undefined)[] = new Array(Math.min(most, total ?? 0));
    const put = (page: PageOf<Row> | undefined, from: number) =>
      page?.data.forEach((r, i) => {
        if (from + i < out.length) out[from + i] = r;
      });
    put(first.data, 0);
    read.forEach((page, i) => {
      put(page, (at + i) * size);
    });
    return out;
  }, [first.data, total, read, at]);
  const loaded = useMemo(() => rows.filter((r) => r !== undefined), [rows]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const next = useRef<[number, number]>([0, 0]);
  const show = useCallback((from: number, to: number) => {
    next.current = [from, to];
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setSeen(next.current);
    }, pause);
  }, []);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  const { isPending, isError, error, refetch } = first;
  return { rows, loaded, total, show, isPending, isError, error, refetch };
}
