import { Link } from '@tanstack/react-router';
import { Circle, CircleCheck } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { useMeta } from '@/meta/meta';
import { remember } from '@/ui/settings';
import { Sample, useSample } from './Sample';
import './day.css';

// The first steps of a new company: what it needs before the first order, in this order.
const steps = [
  { key: 'customers', entity: 'crm.customer', to: '/crm/customers/import', least: 1 },
  { key: 'products', entity: 'inventory.product', to: '/inventory/products/import', least: 1 },
  { key: 'stock', entity: 'inventory.stock_balance', to: '/inventory/stock_counts/new', least: 1 },
  { key: 'invite', entity: 'user', to: '/users', least: 2 },
  { key: 'order', entity: 'sales.order', to: '/sales/orders/new', least: 1 },
] as const;

// Start leads a new company through its first steps; it goes when all are done.
export default function Start() {
  const { t } = useTranslation();
  const meta = useMeta();
  const offered = steps.filter((s) => meta.named(s.entity));
  const counts = [
    useCount('crm.customer'),
    useCount('inventory.product'),
    useCount('inventory.stock_balance'),
    useCount('user'),
    useCount('sales.order'),
  ];
  const done = (key: string) => {
    const at = steps.findIndex((s) => s.key === key);
    return (counts[at] ?? 0) >= (steps[at]?.least ?? 1);
  };
  const sample = useSample();
  const known = sample !== undefined && offered.every((s) => counts[steps.indexOf(s)] !== undefined);
  const own = !sample; // what is only sample data is no step of one's own
  const finished = own ? offered.filter((s) => done(s.key)).length : 0;
  const over = own && finished === offered.length;
  useEffect(() => {
    if (known) remember('start', !over); // so that the next visit knows whether to keep a place for it
  }, [known, over]);
  if (!known || over) return <span data-finished hidden />;
  return (
    <>
      <p className="muted day-note">{t('day:done', { done: finished, all: offered.length })}</p>
      <ol className="latest">
        {offered.map((s) => (
          <li key={s.key}>
            {own && done(s.key) ? (
              <>
                <CircleCheck size={16} className="day-done" aria-hidden="true" />
                <s className="muted">{t(`day:step_${s.key}`)}</s>
              </>
            ) : (
              <>
                <Circle size={16} className="muted" aria-hidden="true" />
                <Link to={s.to as '/'}>{t(`day:step_${s.key}`)}</Link>
              </>
            )}
          </li>
        ))}
      </ol>
      <Sample records={sample ?? 0} empty={!counts[0] && !counts[1] && !counts[4]} />
    </>
  );
}

function useCount(name: string): number | undefined {
  const entity = useMeta().named(name);
  return useList(entity?.path ?? '', { limit: 1, count: true, fields: 'id' }, !!entity).data?.total;
}
