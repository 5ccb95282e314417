import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type PageOf, useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { Unit } from '@/data/Unit';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { add, compare, group, isZero, minus } from '@/ui/decimal';
import { weekday } from '@/ui/format';
import { Empty, Skeleton, State } from '@/ui/parts';
import { Forecast } from './Forecast';
import './inventory.css';

// Day is a day on which stock changes, as far as it is known today.
export interface Day {
  id?: string;
  date: string;
  on_hand: string;
  reserved: string;
  incoming: string;
  outgoing: string;
  projected: string;
  projected_free: string;
}

const quantity = (v: unknown) => group(String(v ?? '0'));

// Stock is all about the stock of one product: what there is, for whom it is held, what comes, what can be promised and where it lies.
export default function Stock({ row: product }: RecordProps) {
  const { t } = useTranslation();
  const { data, error } = useList<Day>('inventory/availability', { product_id: product.id });
  if (error) return <Empty title={error.message} />;
  if (!data) return <Skeleton rows={6} />;
  return (
    <div className="stock">
      <Numbers days={data.data} product={product} />
      <Forecast days={data.data} level={String(product.safety_stock ?? '0')} />
      <Coming days={data.data} />
      <Reservations product={product} />
      <Places product={product} />
      {data.data.length === 0 && <p className="muted">{t('inventory:still')}</p>}
    </div>
  );
}

function Numbers({ days, product }: { days: Day[]; product: Row }) {
  const { t } = useTranslation();
  const first = days[0];
  const numbers: [string, string, boolean][] = [
    ['on_hand', first?.on_hand ?? '0', false],
    ['reserved', first?.reserved ?? '0', false],
    ['incoming', add(...days.map((d) => d.incoming)), false],
    ['free', first?.projected_free ?? '0', compare(first?.projected_free, '0') < 0],
    ['safety', String(product.safety_stock ?? '0'), false],
  ];
  return (
    <dl className="stock-numbers">
      {numbers.map(([key, value, bad]) => (
        <div key={key}>
          <dt className="muted">{t(`inventory:${key}`)}</dt>
          <dd className={bad ? 'wrong' : undefined}>
            <b>{group(value)}</b>{' '}
            <span className="muted">
              <Unit code={product.unit} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Coming({ days }: { days: Day[] }) {
  const { t } = useTranslation();
  const rows = days.filter((d) => !isZero(d.incoming) || !isZero(d.outgoing));
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{t('inventory:coming')}</h3>
      <Sheet
        label={t('inventory:coming')}
        rows={rows}
        columns={[
          { key: 'date', label: t('inventory:date') },
          ...['incoming', 'outgoing', 'projected', 'projected_free'].map((key) => ({
            key,
            label: t(`inventory:${key}`),
            end: true,
          })),
        ]}
        cell={(key, d) => {
          if (key === 'date') return `${d.date} ${weekday(d.date)}`;
          const v = d[key as keyof Day] ?? '0';
          if (isZero(v) && key.endsWith('ing')) return <span className="muted">–</span>;
          const sign = key === 'incoming' ? '+' : key === 'outgoing' ? '−' : '';
          return <span className={compare(v, '0') < 0 ? 'wrong' : undefined}>{sign + group(v)}</span>;
        }}
      />
    </section>
  );
}

const documents: Record<string, string> = {
  'sales.order_line': 'sales.order',
  'production.material': 'production.production_order',
};
const sources = { stock: 'green', supply: 'blue', wait: 'amber' } as const;

// Document leads to a document that is known by kind, id and number.
export function Document({ kind, id, no }: { kind: unknown; id: unknown; no: unknown }) {
  const entity = useMeta().named(documents[String(kind)] ?? String(kind));
  if (!entity || !id) return <span>{String(no || '')}</span>;
  return (
    <span>
      <span className="muted">{entity.label} </span>
      <Link to={`/${entity.path}/${id}` as '/'}>{String(no || '') || <Ref to={entity.name} id={id} link={false} />}</Link>
    </span>
  );
}

function Reservations({ product }: { product: Row }) {
  const { t } = useTranslation();
  const { data } = useList('inventory/reservations', { product_id: product.id, status: 'open', sort: 'need_by', limit: 100 });
  const rows = data?.data ?? [];
  return (
    <section>
      <h3>
        {t('inventory:held_for')} <span className="muted">{rows.length || ''}</span>
      </h3>
      {rows.length === 0 ? (
        <p className="muted none">{t('inventory:held_none')}</p>
      ) : (
        <Sheet
          label={t('inventory:held_for')}
          rows={rows}
          columns={[
            { key: 'demand', label: t('inventory:demand') },
            { key: 'quantity', label: t('inventory:quantity'), end: true },
            { key: 'source', label: t('inventory:served') },
            { key: 'need_by', label: t('inventory:need_by') },
            { key: 'expected_date', label: t('inventory:expected') },
          ]}
          cell={(key, r) => {
            if (key === 'demand') return <Document kind={r.demand_entity} id={r.demand_id} no={r.demand_no} />;
            if (key === 'quantity') return quantity(r.quantity);
            if (key === 'source') return <Served row={r} />;
            const late = key === 'expected_date' && r.need_by && r.expected_date && String(r.expected_date) > String(r.need_by);
            return <span className={late ? 'wrong' : undefined}>{String(r[key] ?? '')}</span>;
          }}
        />
      )}
    </section>
  );
}

function Served({ row }: { row: Row }) {
  const { t } = useTranslation();
  const source = String(row.source) as keyof typeof sources;
  return (
    <span className="ref">
      <State tone={sources[source] ?? 'gray'}>{t(`inventory:source.${source}`)}</State>
      {source === 'stock' && row.location_id ? <Ref to="inventory.location" id={row.location_id} /> : null}
      {source === 'stock' && row.lot_id ? <Ref to="inventory.lot" id={row.lot_id} /> : null}
      {source === 'supply' && <Document kind={row.supply_entity} id={row.supply_id} no={row.supply_no} />}
    </span>
  );
}

function Places({ product }: { product: Row }) {
  const { t } = useTranslation();
  const { data } = useList('inventory/stock_balances', { product_id: product.id, 'on_hand[ne]': '0', limit: 200 });
  const rows = data?.data ?? [];
  const ids = rows.flatMap((r) => (typeof r.lot_id === 'string' ? [r.lot_id] : []));
  const lots = useList<Row>('inventory/lots', { 'id[in]': ids.join(','), limit: 200 }, ids.length > 0).data as
    | PageOf<Row>
    | undefined;
  const expiry = new Map(lots?.data.map((l) => [l.id, l.expires_on]));
  if (rows.length === 0) return null;
  const tracked = product.tracking !== 'none';
  return (
    <section>
      <h3>{t(tracked ? 'inventory:lots' : 'inventory:places')}</h3>
      <Sheet
        label={t(tracked ? 'inventory:lots' : 'inventory:places')}
        rows={rows}
        columns={[
          { key: 'location', label: t('inventory:location') },
          ...(tracked
            ? [
                { key: 'lot', label: t('inventory:lot') },
                { key: 'expires', label: t('inventory:expires') },
              ]
            : []),
          ...['on_hand', 'reserved', 'free_now'].map((key) => ({ key, label: t(`inventory:${key}`), end: true })),
        ]}
        cell={(key, r) => {
          if (key === 'location') return <Ref to="inventory.location" id={r.location_id} />;
          if (key === 'lot') return <Ref to="inventory.lot" id={r.lot_id} />;
          if (key === 'expires') return String(expiry.get(String(r.lot_id)) ?? '');
          return quantity(key === 'free_now' ? minus(String(r.on_hand), String(r.reserved)) : r[key]);
        }}
      />
    </section>
  );
}
