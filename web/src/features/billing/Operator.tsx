import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ShieldX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { listed, money } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { Company as Open } from './Company';
import { Prices } from './Prices';
import { type Company, tones } from './types';
import './billing.css';

interface Month {
  id?: string;
  month: string;
  revenue: Record<string, string>;
  paying: number;
  gained: number;
  lost: number;
  churn_percent: string | null;
}

// Operator is the console of who runs the service: companies, revenue, what goes on with the payment provider.
export default function Operator() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const narrow = useNarrow();
  const [open, setOpen] = useState<Company>();
  const companies = useQuery({ queryKey: ['op', 'tenants'], queryFn: () => get<{ data: Company[] }>('operator/tenants') });
  const revenue = useQuery({ queryKey: ['op', 'revenue'], queryFn: () => get<{ data: Month[] }>('operator/revenue') });
  const act = (x: Company, verb: 'suspend' | 'resume') =>
    ask({
      title: t(`billing:op.${verb}_ask`, { name: x.company }),
      onOk: () =>
        post(`operator/tenants/${x.id}/${verb}`, {}).then(
          () => client.invalidateQueries({ queryKey: ['op'] }),
          (e) => say.error(isProblem(e) ? e.message : String(e)),
        ),
    });
  if (companies.isError)
    return (
      <Page title={t('billing:operator')}>
        <Empty icon={ShieldX} title={companies.error.message}>
          {t('billing:op.only')}
        </Empty>
      </Page>
    );
  return (
    <Page title={t('billing:operator')} padded>
      <section className="card billing-part">
        <h2>{t('billing:op.companies')}</h2>
        {!companies.data ? (
          <Skeleton rows={8} />
        ) : (
          <Sheet
            label={t('billing:op.companies')}
            columns={(narrow ? ['company', 'open', 'do'] : ['company', 'state', 'plan', 'modules', 'last', 'open', 'do']).map(
              (key) => ({
                key,
                label: key === 'do' ? '' : t(`billing:op.${key}`),
                end: key === 'modules' || key === 'last' || key === 'open',
              }),
            )}
            rows={companies.data.data}
            cell={(key, x) =>
              key === 'company' ? (
                <>
                  <button type="button" className="link" onClick={() => setOpen(x)}>
                    {x.company}
                  </button>
                  {narrow && (
                    <span className="muted billing-under">{`${t(`billing:state.${x.state}`)} · ${t(`billing:op.plans.${x.plan}`)}`}</span>
                  )}
                </>
              ) : key === 'state' ? (
                <State tone={tones[x.state]}>{t(`billing:state.${x.state}`)}</State>
              ) : key === 'plan' ? (
                t(`billing:op.plans.${x.plan}`)
              ) : key === 'modules' ? (
                x.modules.length
              ) : key === 'last' ? (
                x.last_invoice && money(x.last_invoice.amount, x.last_invoice.currency)
              ) : key === 'open' ? (
                money(x.open, x.currency)
              ) : (
                <Button size="small" onClick={() => act(x, x.state === 'suspended' ? 'resume' : 'suspend')}>
                  {t(x.state === 'suspended' ? 'billing:op.resume' : 'billing:op.suspend')}
                </Button>
              )
            }
          />
        )}
      </section>
      <section className="card billing-part">
        <h2>{t('billing:op.revenue')}</h2>
        <Sheet
          label={t('billing:op.revenue')}
          columns={(narrow ? ['month', 'mrr', 'paying', 'churn'] : ['month', 'mrr', 'paying', 'gained', 'lost', 'churn']).map(
            (key) => ({
              key,
              label: t(`billing:op.${key}`),
              end: key !== 'month',
            }),
          )}
          rows={revenue.data?.data ?? []}
          cell={(key, x) =>
            key === 'month'
              ? x.month
              : key === 'mrr'
                ? listed(Object.entries(x.revenue).map(([c, v]) => money(v, c)))
                : key === 'churn'
                  ? x.churn_percent && `${x.churn_percent} %`
                  : x[key as 'paying' | 'gained' | 'lost']
          }
        />
      </section>
      <Prices />
      {open && <Open of={open} close={() => setOpen(undefined)} />}
    </Page>
  );
}
