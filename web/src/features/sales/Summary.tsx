import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCredit } from '@/data/credit';
import type { Draft } from '@/data/draft';
import type { Row } from '@/meta/types';
import { add, compare, isZero, minus, ratio, times } from '@/ui/decimal';
import { money } from '@/ui/format';
import { Bar, Denied, State } from '@/ui/parts';
import { filled, type Promises, type Quote } from './quote';

interface SummaryProps {
  customer: Row | undefined;
  quote: Quote;
  promise: Promises;
  products: Map<string, Row>;
  currency: string | undefined;
  draft: Draft;
}

// Summary stands beside an order that is typed: what it comes to, what it earns, when it can be there, and whether the customer's credit bears it.
export function Summary(p: SummaryProps) {
  const { t } = useTranslation();
  const values = p.quote.order?.values ?? {};
  const amount = (name: string) => (typeof values[name] === 'string' ? String(values[name]) : '0');
  return (
    <aside className="order-side" aria-label={t('sales:summary')}>
      <section className="card">
        <header>
          <h2>{t('sales:totals')}</h2>
        </header>
        <dl aria-live="polite">
          <Fact label={t('sales:untaxed')}>{money(amount('untaxed_amount'), p.currency)}</Fact>
          <Fact label={t('sales:tax')}>{money(amount('tax_amount'), p.currency)}</Fact>
          <Fact label={t('sales:total')} strong>
            {money(amount('total_amount'), p.currency)}
          </Fact>
          <Margin {...p} />
        </dl>
      </section>
      <Promise_ {...p} />
      {p.customer && <CreditCard customer={p.customer} total={amount('company_amount')} />}
    </aside>
  );
}

const Fact = ({ label, strong, children }: { label: string; strong?: boolean; children: ReactNode }) => (
  <div className={strong ? 'strong' : undefined}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

// Margin is what the lines earn at today's cost; who may not see costs is told so.
function Margin({ quote, products, draft }: SummaryProps) {
  const { t } = useTranslation();
  const rows = filled(draft.lines.lines ?? []);
  const used = rows.flatMap(({ line }) => products.get(String(line.product_id)) ?? []);
  if (used.length === 0) return null;
  if (used.some((r) => r._denied?.includes('standard_cost'))) {
    return (
      <Fact label={t('sales:margin')}>
        <Denied />
      </Fact>
    );
  }
  const cost = add(
    ...rows.map(({ line, at }) =>
      times(
        String(products.get(String(line.product_id))?.standard_cost ?? '0'),
        String(quote.lines.get(at)?.base_quantity ?? '0'),
      ),
    ),
  );
  const rate = String(quote.order?.values?.exchange_rate ?? '1');
  const net = times(String(quote.order?.values?.untaxed_amount ?? '0'), rate);
  const margin = minus(net, cost);
  const percent = isZero(net) ? 0 : Math.round(ratio(margin, net) * 1000) / 10;
  return (
    <Fact label={t('sales:margin')}>
      <span className={margin.startsWith('-') ? 'wrong' : undefined}>
        {money(margin)} <span className="muted">{percent}%</span>
      </span>
    </Fact>
  );
}

function Promise_({ promise, draft }: SummaryProps) {
  const { t } = useTranslation();
  const { all } = promise;
  if (!all) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('sales:promise')}</h2>
      </header>
      <dl aria-live="polite">
        <Fact label={t('sales:earliest')}>
          {all.earliest ?? t('sales:unknown')}
          {all.late ? (
            <State tone="red">{t('tracker.late', { n: all.late })}</State>
          ) : (
            all.earliest && !!draft.values.requested_date && <State tone="green">{t('tracker.on_time')}</State>
          )}
        </Fact>
      </dl>
    </section>
  );
}

function CreditCard({ customer, total }: { customer: Row; total: string }) {
  const { t } = useTranslation();
  const { limit, open, overdue } = useCredit(customer);
  const after = open && add(open, total);
  const over = limit && after && !isZero(limit) && compare(after, limit) > 0;
  return (
    <section className="card">
      <header>
        <h2>{t('sales:credit')}</h2>
      </header>
      <dl>
        <Fact label={t('sales:limit')}>
          {limit === undefined ? <Denied /> : isZero(limit) ? t('sales:no_limit') : money(limit)}
        </Fact>
        <Fact label={t('sales:open')}>{open === undefined ? <Denied /> : money(open)}</Fact>
        <Fact label={t('sales:overdue')}>
          {overdue === undefined ? <Denied /> : <span className={isZero(overdue) ? undefined : 'wrong'}>{money(overdue)}</span>}
        </Fact>
        {limit && after && !isZero(limit) && (
          <Fact label={t('sales:after')}>
            <span className={over ? 'wrong' : undefined}>{money(minus(limit, after))}</span>
            <Bar percent={ratio(after, limit) * 100} />
          </Fact>
        )}
      </dl>
      {over && <p className="wrong order-over">{t('sales:over')}</p>}
    </section>
  );
}
