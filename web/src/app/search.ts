import { useQuery } from '@tanstack/react-query';
import PinyinMatch from 'pinyin-match';
import { get } from '@/api/http';
import { lang } from '@/i18n';

// matches finds a text by part of it, by its pinyin (dingdan) and by the initials of that (dd).
export const matches = (text: string, query: string): boolean =>
  text.toLowerCase().includes(query.toLowerCase()) || PinyinMatch.match(text, query) !== false;

export interface Found {
  entity: string;
  path: string;
  label: string;
  id: string;
  title: string;
  state?: string;
}

// useFound searches the records of all modules at once.
export function useFound(query: string): { found: Found[]; busy: boolean } {
  const q = useQuery({
    queryKey: ['search', query, lang()],
    enabled: query.length > 0,
    staleTime: 30_000,
    queryFn: async ({ signal }) => (await get<{ data: Found[] }>('search', { q: query.slice(0, 100), limit: 5 }, signal)).data,
  });
  return { found: q.data ?? [], busy: q.isFetching };
}
