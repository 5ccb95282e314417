import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useTotals } from '@/api/records';
import { useMeta } from '@/meta/meta';
import { add, compare, minus, ratio } from '@/ui/decimal';
import { shortMoney, today } from '@/ui/format';
import { type Figure, Figures, Todos } from './Figures';
import { type Line, listAt, useAnswer, useCount, useMyApprovals } from './useAnswer';

const total = (lines: Line[] | undefined, section: string) =>
  lines?.find((l) => l.kind === 'total' && l.section === section)?.amount ?? undefined;

// monthOf is the first and the last day of a month, so many months from a day.
export function monthOf(day: string, by: number): { from: string; to: string } {
  const at = (m: number, d: number) =>
    new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + m, d)).toISOString().slice(0, 10);
  return { from: at(by, 1), to: at(by + 1, 0) };
}

// Director is how the business goes: this month beside the last, the pipeline, cash, and what waits or is late.
export default function Director() {
  const { t } = useTranslation();
  const meta = useMeta();
  const now = today();
  const month = monthOf(now, 0);
  const books = meta.reports.some((r) => r.path === 'finance/profit_and_loss');
  const this_ = useAnswer('finance/profit_and_loss', { from: month.from, to: now });
  const last = useAnswer('finance/profit_and_loss', monthOf(now, -1));
  const orders = useSum(
    'sales.order',
    { 'status[in]': 'confirmed,in_progress,done', 'order_date[gte]': month.from },
    'company_amount',
  );
  const pipeline = useSum('crm.opportunity', { status: 'open' }, 'expected_amount');
  const late = { 'status[in]': 'confirmed,in_progress', 'late_days[gt]': '0' };
  const figures: Figure[] = [];
  if (meta.named('sales.order'))
    figures.push({
      key: 'orders',
      label: t('home:orders'),
      value: orders && shortMoney(orders),
      to: listAt('sales/orders', { 'order_date[gte]': month.from }),
    });
  if (meta.named('crm.opportunity'))
    figures.push({ key: 'pipe', label: t('home:pipeline'), value: pipeline && shortMoney(pipeline), to: '/crm/pipeline' });
  if (books) {
    const at = `?from=${month.from}&to=${now}`;
    const income = total(this_, 'income');
    const result = total(this_, 'result');
    figures.push({
      key: 'income',
      label: t('home:income'),
      value: income && shortMoney(income),
      note: beside(income, total(last, 'income'), t),
      to: `/reports/finance/profit_and_loss${at}`,
    });
    figures.push({
      key: 'result',
      label: t('home:result'),
      value: result && shortMoney(result),
      bad: compare(result, '0') < 0,
      to: `/reports/finance/profit_and_loss${at}`,
    });
  }
  return (
    <>
      <Figures figures={figures} />
      <Todos
        todos={[
          {
            key: 'approvals',
            label: t('home:approvals'),
            n: useMyApprovals(),
            to: '/approvals',
          },
          {
            key: 'late',
            label: t('home:late_orders'),
            n: useCount('sales.order', late),
            to: listAt('sales/orders', late),
            late: true,
          },
          {
            key: 'red',
            label: t('home:red_projects'),
            n: useCount('projects.project', { status: 'active', health: 'red' }),
            to: listAt('projects/projects', { status: 'active', health: 'red' }),
            late: true,
          },
        ]}
      />
    </>
  );
}

// useSum is what a field of the records that fit adds up to.
export function useSum(name: string, filter: Record<string, string>, field: string): string | undefined {
  const e = useMeta().named(name);
  const on = !!e?.fields.some((f) => f.name === field);
  const { data } = useTotals(e?.path ?? '', { ...filter, sum: field }, on);
  return on && data ? add('0', ...data.data.map((g) => String(g.sums?.[field] ?? '0'))) : undefined;
}

function beside(now: string | undefined, before: string | undefined, t: TFunction): string | undefined {
  if (!now || !before || compare(before, '0') <= 0) return undefined;
  const percent = Math.round(ratio(minus(now, before), before) * 100);
  return t('home:against', { n: percent > 0 ? `+${percent}` : percent });
}
