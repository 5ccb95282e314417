import { useQuery } from '@tanstack/react-query';
import PinyinMatch from 'pinyin-match';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { type Meta, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';

// What people look for by name or number.
const sought = [
  'crm.customer',
  'crm.opportunity',
  'sales.order',
  'sales.quotation',
  'inventory.product',
  'purchasing.vendor',
  'purchasing.order',
  'production.production_order',
  'finance.invoice',
  'projects.project',
  'crm.contact',
  'inventory.delivery',
];

// matches finds a text by part of it, by its pinyin (dingdan) and by the initials of that (dd).
export const matches = (text: string, query: string): boolean =>
  text.toLowerCase().includes(query.toLowerCase()) || PinyinMatch.match(text, query) !== false;

export interface Found {
  entity: Entity;
  row: Row;
  title: string;
}

// useFound searches the records of many modules at once.
export function useFound(meta: Meta, query: string): { found: Found[]; busy: boolean } {
  const q = useQuery({
    queryKey: ['search', query],
    enabled: query.length > 0,
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const kinds = sought.flatMap((n) => meta.named(n) ?? []);
      const pages = await Promise.allSettled(
        kinds.map((e) =>
          get<PageOf<Row>>(e.path, { q: query, limit: 5, fields: ['id', ...(e.title ? [e.title] : [])].join(',') }, signal),
        ),
      );
      return pages.flatMap((p, i) => {
        const entity = kinds[i];
        return p.status === 'fulfilled' && entity
          ? p.value.data.map((row) => ({ entity, row, title: titleOf(entity, row) }))
          : [];
      });
    },
  });
  return { found: q.data ?? [], busy: q.isFetching };
}
