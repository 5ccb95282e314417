import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { Unit } from '@/data/Unit';
import { Why } from '@/data/Why';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { isDenied, Value } from '@/meta/Value';
import { group as digits } from '@/ui/decimal';
import { money, today } from '@/ui/format';
import { Denied } from '@/ui/parts';
import { Compare } from './Compare';
import { amountOf, type Group, sums } from './desk';

interface VendorGroupProps {
  entity: Entity;
  group: Group;
  chosen: Set<string>;
  onChoose: (ids: string[], on: boolean) => void;
}

// VendorGroup is what is to be asked of one vendor.
export function VendorGroup({ entity, group, chosen, onChoose }: VendorGroupProps) {
  const { t } = useTranslation();
  const ids = group.rows.map((r) => r.id);
  const all = ids.every((id) => chosen.has(id));
  const products = useList('inventory/products', {
    'id[in]': [...new Set(group.rows.map((r) => String(r.product_id)))].join(','),
    limit: 500,
  });
  const productOf = (id: unknown) => products.data?.data.find((p) => p.id === id);
  const label = (n: string) => fieldOf(entity, n)?.label ?? '';
  return (
    <section className="card desk-group">
      <header>
        <input
          type="checkbox"
          className="check"
          checked={all}
          ref={(e) => {
            if (e) e.indeterminate = !all && ids.some((id) => chosen.has(id));
          }}
          aria-label={t('purchasing:choose_all')}
          onChange={(e) => onChoose(ids, e.target.checked)}
        />
        <h2 className="clip">{group.vendor ? <Ref to="purchasing.vendor" id={group.vendor} /> : t('purchasing:no_vendor')}</h2>
        <span className="muted">{t('purchasing:rows', { n: ids.length })}</span>
        <span className="grow" />
        <b>
          {group.rows.some((r) => isDenied(r, 'price')) ? (
            <Denied />
          ) : (
            sums(group.rows)
              .map(([currency, sum]) => money(sum, currency || undefined))
              .join(' + ')
          )}
        </b>
      </header>
      <Sheet
        label={t('purchasing:desk')}
        rows={group.rows}
        columns={[
          { key: 'choose', label: <span className="sr">{t('purchasing:choose_column')}</span> },
          { key: 'no', label: label('no') },
          { key: 'product_id', label: label('product_id') },
          { key: 'quantity', label: label('quantity'), end: true },
          { key: 'price', label: label('price'), end: true },
          { key: 'amount', label: t('lines.amount'), end: true },
          { key: 'need_by', label: label('need_by') },
          { key: 'expected_date', label: label('expected_date') },
          { key: 'demand', label: t('purchasing:why') },
          { key: 'status', label: label('status') },
        ]}
        cell={(key, r) => {
          if (key === 'choose')
            return (
              <input
                type="checkbox"
                className="check"
                checked={chosen.has(r.id)}
                aria-label={t('purchasing:choose', { no: String(r.no) })}
                onChange={(e) => onChoose([r.id], e.target.checked)}
              />
            );
          if (key === 'no') return <Link to={`/${entity.path}/${r.id}` as '/'}>{String(r.no)}</Link>;
          if (key === 'product_id') return <Ref to="inventory.product" id={r.product_id} />;
          if (key === 'quantity')
            return (
              <>
                {digits(String(r.quantity))} <Unit code={productOf(r.product_id)?.unit} />
              </>
            );
          if (key === 'price') return <Price entity={entity} row={r} product={productOf(r.product_id)} />;
          if (key === 'amount') return isDenied(r, 'price') ? <Denied /> : money(amountOf(r), String(r.currency || 'CNY'));
          if (key === 'demand') return <Demand entity={entity} row={r} />;
          return <Cell entity={entity} row={r} name={key} />;
        }}
      />
    </section>
  );
}

function Cell({ entity, row, name }: { entity: Entity; row: Row; name: string }) {
  const field = fieldOf(entity, name);
  const late =
    (name === 'need_by' && !!row.need_by && String(row.need_by) < today()) ||
    (name === 'expected_date' && Number(row.late_days ?? 0) > 0);
  if (!field) return null;
  return (
    <span className={late ? 'wrong' : undefined}>
      <Value field={field} row={row} />
    </span>
  );
}

function Price({ entity, row, product }: { entity: Entity; row: Row; product: Row | undefined }) {
  const meta = useMeta();
  const price = fieldOf(entity, 'price');
  if (!price || isDenied(row, 'price')) return <Denied />;
  return (
    <span className="desk-price">
      <Value field={price} row={row} />
      {meta.named('purchasing.vendor_price') && <Compare entity={entity} row={row} product={product} />}
    </span>
  );
}

function Demand({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const made = row.production_order_id;
  return (
    <span className="ref">
      <Why entity={entity} row={row} />
      {made ? (
        <Ref to="production.production_order" id={made} />
      ) : row.sales_order_id ? (
        <Ref to="sales.order" id={row.sales_order_id} />
      ) : (
        <span className="muted">{String(row.demand_document_no || t('purchasing:stock'))}</span>
      )}
    </span>
  );
}
