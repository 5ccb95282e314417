import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import { typeOf } from '@/meta/kinds';
import { columnsOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Empty, Skeleton } from '@/ui/parts';
import { Sheet } from './Sheet';

interface Relation {
  entity: string;
  path: string;
  field: string;
  field_label: string;
  count: number;
  more?: boolean;
  filter?: string;
  data: Row[];
}

const beside = new Set(['comment', 'attachment', 'notification']); // have a place of their own on the page

// Related are the records that point to this one, by kind.
export function Related({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const { data, isPending } = useQuery({
    queryKey: ['related', entity.path, row.id, lang()],
    queryFn: ({ signal }) => get<{ data: Relation[] }>(`${entity.path}/${row.id}/related`, undefined, signal),
  });
  if (isPending) return <Skeleton rows={5} />;
  if (!data?.data.some((r) => !beside.has(r.entity)))
    return <Empty title={t('record.related_none')}>{t('record.related_hint')}</Empty>;
  return (
    <div className="related">
      {data.data
        .filter((r) => !beside.has(r.entity))
        .map((r) => (
          <Kind key={`${r.entity}.${r.field}`} relation={r} />
        ))}
    </div>
  );
}

function Kind({ relation: r }: { relation: Relation }) {
  const { t } = useTranslation();
  const of = useMeta().named(r.entity);
  if (!of) return null;
  const columns = columnsOf(of)
    .filter((f) => f.name !== r.field)
    .slice(0, 6);
  const search = Object.fromEntries(new URLSearchParams(r.filter ?? ''));
  return (
    <section>
      <h3>
        {of.plural ?? of.label}
        <span className="muted">
          {r.count}
          {r.more && '+'}
        </span>
        <span className="grow" />
        {r.filter && r.count > r.data.length && (
          <Link to={`/${of.path}` as '/'} search={search as never}>
            {t('record.all')}
          </Link>
        )}
      </h3>
      <Sheet
        label={of.plural ?? of.label}
        columns={columns.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end && !f.ref }))}
        rows={r.data}
        cell={(key, x) => {
          const f = columns.find((c) => c.name === key);
          if (!f) return null;
          return f.name === of.title ? (
            <Link to={`/${of.path}/${x.id}` as '/'}>{titleOf(of, x)}</Link>
          ) : (
            <Value field={f} row={x} />
          );
        }}
      />
    </section>
  );
}
