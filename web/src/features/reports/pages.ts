import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import type { Asked, Line } from './drill';

export interface Part {
  data: Line[];
  next_cursor: string | null;
  totals?: Record<string, string>; // of all rows, with the first page
}

const seen = 500; // rows that are read when they come near
const most = 5000; // rows that one answer has at most

// useReport reads a report page by page; whole reads on until all of it is there.
export function useReport(path: string, asked: Asked, on: boolean, whole: boolean) {
  const q = useInfiniteQuery({
    queryKey: ['list', path, 'pages', lang(), asked, whole],
    queryFn: ({ pageParam, signal }) =>
      get<Part>(path, { ...asked, limit: whole ? most : seen, cursor: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: on,
    retry: false,
  });
  const rows = useMemo(() => q.data?.pages.flatMap((p) => p.data) ?? [], [q.data]);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = q;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  useEffect(() => {
    if (whole) more();
  }, [whole, more]);
  return { ...q, rows, more, totals: q.data?.pages[0]?.totals };
}

// readWhole reads all rows of a report, for a file.
export async function readWhole(path: string, asked: Asked): Promise<Line[]> {
  const all: Line[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const part: Part = await get<Part>(path, { ...asked, limit: most, cursor: cursor || undefined });
    all.push(...part.data);
    cursor = part.next_cursor;
  }
  return all;
}
