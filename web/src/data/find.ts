import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { byOf, keepTitle } from '@/api/titles';
import type { Meta } from '@/meta/meta';
import { titleOf, titlesOf } from '@/meta/meta';
import type { Field, Row } from '@/meta/types';

// findAll looks up what references were called in a pasted table: by number, code or title, with one request for each way of a kind of record.
export async function findAll(meta: Meta, open: { field: Field; text: string }[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const fields = [...new Map(open.map((o) => [o.field.name, o.field])).values()];
  await Promise.all(
    fields.map(async (field) => {
      const target = meta.named(field.ref);
      if (!target) return;
      const by = byOf(field.kind, target);
      const texts = [...new Set(open.filter((o) => o.field.name === field.name).map((o) => o.text))];
      const ways = ['number', 'code', 'no', ...titlesOf(target)].filter(
        (n, i, all): n is string => !!n && all.indexOf(n) === i && target.fields.some((f) => f.name === n),
      );
      for (const way of ways) {
        const left = texts.filter((x) => !found.has(`${field.name}\n${x}`) && !x.includes(','));
        if (left.length === 0) break;
        const page = await get<PageOf<Row>>(target.path, { [`${way}[in]`]: left.join(','), limit: 500 });
        for (const r of page.data) {
          found.set(`${field.name}\n${r[way]}`, String(r[by]));
          keepTitle(target.path, by, String(r[by]), titleOf(target, r));
        }
      }
    }),
  );
  return found;
}
