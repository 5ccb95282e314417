import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { typeOf } from '@/meta/kinds';
import { columnsOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Sheet } from './Sheet';

// Related are the records that point to this one, by kind.
export function Related({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const kinds = useMeta().pointing(entity);
  return (
    <div className="related">
      {kinds.map(({ entity: of, field }) => (
        <Kind key={`${of.name}.${field.name}`} of={of} field={field} id={row.id} />
      ))}
      <p className="muted" style={{ padding: '4px 16px' }}>
        {t('record.related_hint')}
      </p>
    </div>
  );
}

function Kind({ of, field, id }: { of: Entity; field: Field; id: string }) {
  const { t } = useTranslation();
  const { data } = useList(of.path, { [field.name]: id, limit: 5, count: true });
  if (!data?.data.length) return null;
  const columns = columnsOf(of)
    .filter((f) => f.name !== field.name)
    .slice(0, 6);
  return (
    <section>
      <h3>
        {of.label}
        <span className="muted">{data.total}</span>
        <span className="grow" />
        {(data.total ?? 0) > 5 && (
          <Link to={`/${of.path}` as '/'} search={{ [field.name]: id } as never}>
            {t('record.all')}
          </Link>
        )}
      </h3>
      <Sheet
        label={of.label}
        columns={columns.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end && !f.ref }))}
        rows={data.data}
        cell={(key, r) => {
          const f = columns.find((c) => c.name === key);
          if (!f) return null;
          return f.name === of.title ? (
            <Link to={`/${of.path}/${r.id}` as '/'}>{titleOf(of, r)}</Link>
          ) : (
            <Value field={f} row={r} />
          );
        }}
      />
    </section>
  );
}
