import { useTranslation } from 'react-i18next';
import { compare } from '@/ui/decimal';
import { shortMoney, today } from '@/ui/format';
import { Figures, Todos } from './Figures';
import { listAt, useAnswer, useCount, useSums } from './useAnswer';

const short = (v: string | undefined) => (v === undefined ? undefined : shortMoney(v));

const some = (v: string | undefined) => v !== undefined && compare(v, '0') > 0;
const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

// Accountant is money at a glance: what there is, what is owed to us and by us, what waits to be posted and matched.
export default function Accountant() {
  const { t } = useTranslation();
  const now = today();
  const forecast = useAnswer('finance/cash_forecast', { weeks: '4' });
  const open = useSums('finance/open_receivables');
  const late = useSums('finance/open_receivables', { due_until: dayBefore(now) });
  const owed = useSums('finance/open_payables');
  const due = useSums('finance/open_payables', { due_until: now });
  const low = forecast?.some((w) => compare(w.closing, '0') < 0);
  const unmatched = { status: 'posted', 'unmatched_amount[gt]': '0' };
  const draft = { status: 'draft' };
  const overdue = { 'status[in]': 'posted,partial', 'due_date[lt]': now };
  return (
    <>
      <Figures
        figures={[
          {
            key: 'cash',
            label: t('home:cash'),
            value: short(forecast?.[0]?.opening ?? undefined),
            to: '/reports/finance/cash_forecast',
          },
          {
            key: 'weeks',
            label: t('home:cash_4'),
            value: short(forecast?.at(-1)?.closing ?? undefined),
            bad: low,
            to: '/reports/finance/cash_forecast?weeks=4',
          },
          {
            key: 'open',
            label: t('home:receivable'),
            value: short(open?.value),
            to: '/reports/finance/receivables_ageing',
          },
          {
            key: 'late',
            label: t('home:overdue'),
            value: short(late?.value),
            bad: some(late?.value),
            to: '/reports/finance/receivables_ageing',
          },
          {
            key: 'owed',
            label: t('home:payable'),
            value: short(owed?.value),
            to: '/reports/finance/payables_ageing',
          },
          {
            key: 'due',
            label: t('home:payable_due'),
            value: short(due?.value),
            bad: some(due?.value),
            to: '/reports/finance/open_payables',
          },
        ]}
      />
      <Todos
        todos={[
          { key: 'match', label: t('home:to_match'), n: useCount('finance.payment', unmatched), to: '/finance/matching' },
          {
            key: 'payments',
            label: t('home:draft_payments'),
            n: useCount('finance.payment', draft),
            to: listAt('finance/payments', draft),
          },
          {
            key: 'invoices',
            label: t('home:draft_invoices'),
            n: useCount('finance.invoice', draft),
            to: listAt('finance/invoices', draft),
          },
          {
            key: 'bills',
            label: t('home:draft_bills'),
            n: useCount('finance.bill', draft),
            to: listAt('finance/bills', draft),
          },
          {
            key: 'blocked',
            label: t('home:blocked'),
            n: useCount('finance.bill', { blocked: 'true' }),
            to: listAt('finance/bills', { blocked: 'true' }),
            late: true,
          },
          {
            key: 'overdue',
            label: t('home:late_invoices'),
            n: useCount('finance.invoice', overdue),
            to: listAt('finance/invoices', overdue),
            late: true,
          },
        ]}
      />
    </>
  );
}
