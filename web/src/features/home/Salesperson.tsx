import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { useMeta } from '@/meta/meta';
import { shortMoney, today } from '@/ui/format';
import { monthOf, useSum } from './Director';
import { type Figure, Figures, Todos } from './Figures';
import { listAt, useCount } from './useAnswer';

// Salesperson is one's own business: deals, orders of this month, offers that wait for an answer, and what is late for one's customers.
export default function Salesperson() {
  const { t } = useTranslation();
  const meta = useMeta();
  const me = useMe();
  const mine = { owner_id: me?.id ?? '' };
  const { from } = monthOf(today(), 0);
  const deals = { ...mine, status: 'open' };
  const ordered = { ...mine, 'status[in]': 'confirmed,in_progress,done', 'order_date[gte]': from };
  const offered = { ...mine, status: 'sent' };
  const expired = { ...mine, expired: 'true' };
  const late = { ...mine, 'status[in]': 'confirmed,in_progress', 'late_days[gt]': '0' };
  const unpaid = { ...mine, 'status[in]': 'confirmed,in_progress,done', 'payment_status[ne]': 'paid' };
  const figure = (key: string, value: string | undefined, to: string): Figure => ({
    key,
    label: t(`home:${key}`),
    value: value && shortMoney(value),
    to,
  });
  const pipeline = useSum('crm.opportunity', deals, 'expected_amount');
  const orders = useSum('sales.order', ordered, 'company_amount');
  const offers = useSum('sales.quotation', offered, 'total_amount');
  const figures = [
    ...(meta.named('crm.opportunity') ? [figure('pipeline', pipeline, listAt('crm/opportunities', deals))] : []),
    ...(meta.named('sales.order') ? [figure('orders', orders, listAt('sales/orders', ordered))] : []),
    ...(meta.named('sales.quotation') ? [figure('offers', offers, listAt('sales/quotations', offered))] : []),
  ];
  const todo = (key: string, n: number | undefined, to: string, late = false) => ({ key, label: t(`home:${key}`), n, to, late });
  return (
    <>
      <Figures figures={figures} />
      <Todos
        todos={[
          todo('late_orders', useCount('sales.order', late), listAt('sales/orders', late), true),
          todo('expired_offers', useCount('sales.quotation', expired), listAt('sales/quotations', expired), true),
          todo('unpaid_orders', useCount('sales.order', unpaid), listAt('sales/orders', unpaid)),
        ]}
      />
    </>
  );
}
