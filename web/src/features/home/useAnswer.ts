import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { useMe } from '@/api/me';
import { useList } from '@/api/records';
import { waitsFor } from '@/data/todo';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';

export type Line = Record<string, string | null>;

// useAnswer reads a report, where one may see it.
export function useAnswer(path: string, asked: Record<string, string> = {}): Line[] | undefined {
  const on = useMeta().reports.some((r) => r.path === path);
  const { data } = useQuery({
    queryKey: ['list', path, lang(), asked],
    queryFn: ({ signal }) => get<{ data: Line[] }>(path, asked, signal),
    enabled: on,
    staleTime: 60_000,
  });
  return data?.data;
}

// useSums reads what the rows of a report come to, where one may see it.
export function useSums(path: string, asked: Record<string, string> = {}): Record<string, string> | undefined {
  const on = useMeta().reports.some((r) => r.path === path);
  const { data } = useQuery({
    queryKey: ['list', path, 'sums', lang(), asked],
    queryFn: ({ signal }) => get<{ totals?: Record<string, string> }>(path, { ...asked, limit: 1 }, signal),
    enabled: on,
    staleTime: 60_000,
  });
  return data?.totals;
}

// useCount counts records that fit; undefined where one may not see them.
export function useCount(entity: string, filter: Record<string, string>): number | undefined {
  const e = useMeta().named(entity);
  const { data } = useList(e?.path ?? '', { ...filter, limit: 1, count: true, fields: 'id' }, !!e);
  return e ? data?.total : 0;
}

// useMyApprovals counts the approvals that wait for oneself.
export function useMyApprovals(): number | undefined {
  const me = useMe();
  const e = useMeta().named('approval');
  const { data } = useList('approvals', { status: 'pending', limit: 100 }, !!e);
  return e ? data?.data.filter((a) => me && waitsFor(a, me)).length : 0;
}

// listAt is the address of a list with its filters.
export const listAt = (path: string, filter: Record<string, string>) => `/${path}?${new URLSearchParams(filter)}`;
