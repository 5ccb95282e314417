import { useQueries } from '@tanstack/react-query';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';

export interface Sum {
  field: Field;
  row: Row;
  party?: Field;
}

const sumOf = (e: Entity) => ['total_amount', 'amount', 'quantity'].map((n) => fieldOf(e, n)).find((f) => f && f.kind !== 'json');
const partyOf = (e: Entity) => ['customer_id', 'vendor_id', 'partner_id', 'product_id'].map((n) => fieldOf(e, n)).find(Boolean);

// useSums reads what the requested acts are worth: one question for each kind of document.
export function useSums(rows: Row[]): (a: Row) => Sum | undefined {
  const meta = useMeta();
  const kinds = [...new Set(rows.map((a) => String(a.entity)))].flatMap((n) => meta.named(n) ?? []);
  const asked = kinds.map((entity) => ({
    entity,
    ids: rows.filter((a) => a.entity === entity.name).map((a) => String(a.record_id)),
  }));
  const answers = useQueries({
    queries: asked.map(({ entity, ids }) => ({
      queryKey: ['list', entity.path, 'sums', ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const fields = ['id', sumOf(entity)?.name, partyOf(entity)?.name, fieldOf(entity, 'currency')?.name].filter(Boolean);
        return get<PageOf<Row>>(entity.path, { 'id[in]': ids.join(','), fields: fields.join(','), limit: ids.length }, signal);
      },
    })),
  });
  return (a) => {
    const at = kinds.findIndex((e) => e.name === a.entity);
    const entity = kinds[at];
    const row = answers[at]?.data?.data.find((r) => r.id === a.record_id);
    const field = entity && sumOf(entity);
    return field && row ? { field, row, party: partyOf(entity) } : undefined;
  };
}
