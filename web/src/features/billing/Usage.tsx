import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import { money } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Bar, Skeleton } from '@/ui/parts';
import { Lines } from './Lines';
import type { Usage as Used } from './types';
import './billing.css';

// Usage shows what today and this month have cost, and will by the month's end; each line opens to its events.
export default function Usage() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['usage', lang()], queryFn: () => get<Used>('billing/usage') });
  if (!data)
    return (
      <Page title={t('billing:usage')} padded>
        <Skeleton rows={10} />
      </Page>
    );
  const figure = (key: string, v: string) => (
    <div className="card figure">
      <span className="muted">{t(`billing:${key}`)}</span>
      <b>{money(v, data.currency)}</b>
    </div>
  );
  const share = data.budget ? Math.min(100, Math.round((Number(data.to_date.subtotal) / Number(data.budget)) * 100)) : undefined;
  return (
    <Page title={t('billing:usage')} padded>
      {data.state === 'trial' && <p className="muted">{t('billing:trial_free')}</p>}
      <div className="figures">
        {figure('today', data.today)}
        {figure('to_date', data.to_date.subtotal)}
        {figure('forecast', data.forecast.subtotal)}
      </div>
      {share !== undefined && (
        <section className="card billing-part billing-budget" aria-label={t('billing:budget')}>
          <span>{t('billing:budget_used', { share: `${share} %`, budget: money(data.budget ?? '0', data.currency) })}</span>
          <Bar percent={share} />
        </section>
      )}
      <section className="card billing-part">
        <h2>{t('billing:month_lines', { month: data.month })}</h2>
        {data.to_date.lines.length === 0 ? (
          <p className="muted">{t('billing:nothing')}</p>
        ) : (
          <Lines of={data.to_date} label={t('billing:usage')} />
        )}
      </section>
      {data.forecast.lines.length > 0 && (
        <section className="card billing-part">
          <h2>{t('billing:forecast')}</h2>
          <Lines
            of={{ ...data.forecast, lines: data.forecast.lines.map((l) => ({ ...l, events: null })) }}
            label={t('billing:forecast')}
          />
        </section>
      )}
    </Page>
  );
}
