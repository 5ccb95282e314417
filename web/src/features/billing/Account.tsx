import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { listed, money, time } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Skeleton, State } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { Details, Visits } from './Details';
import { Lines } from './Lines';
import { type Account as Acc, type Invoice, tones } from './types';
import './billing.css';

const fail = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));

// Account is where a company stands: plan and trial, how it pays, budget and limit, invoices, and the way out.
export default function Account() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const owner = useMe()?.roles.includes('owner') ?? false;
  const { data } = useQuery({ queryKey: ['account', lang()], queryFn: () => get<Acc>('billing') });
  const again = () => client.invalidateQueries();
  const away = async (path: string, body?: object) => {
    try {
      const { url } = await post<{ url: string }>(path, body ?? {});
      window.location.assign(url);
    } catch (e) {
      fail(e);
    }
  };
  const act = (path: string, body?: object) => post(path, body ?? {}).then(again, fail);
  const set = (body: object) => call('PATCH', 'billing', { body }).then(again, fail);
  if (!data)
    return (
      <Page title={t('billing:account')} padded>
        <Skeleton rows={10} />
      </Page>
    );
  const ending = data.collect !== 'none' && (data.state === 'trial' || (data.state === 'read_only' && data.cause !== 'budget'));
  return (
    <Page title={t('billing:account')} padded beside={<State tone={tones[data.state]}>{t(`billing:state.${data.state}`)}</State>}>
      <section className="card billing-part">
        <h2>{t('billing:plan')}</h2>
        {data.banner && <p>{data.banner.text}</p>}
        {data.state === 'trial' && <p className="muted">{t('billing:trial_until', { at: time(data.trial_ends_at) })}</p>}
        {data.licence ? (
          <Licence of={data.licence} />
        ) : (
          <>
            <p>{t(`billing:collect.${data.collect}`)}</p>
            {owner && (
              <div className="billing-acts">
                {data.provider && (
                  <Button type="primary" onClick={() => away('billing/checkout', { method: 'card' })}>
                    {t('billing:card')}
                  </Button>
                )}
                {data.collect === 'none' && (
                  <Button onClick={() => set({ collect: 'invoice' })}>{t('billing:by_invoice')}</Button>
                )}
                {data.collect === 'provider' && <Button onClick={() => away('billing/portal')}>{t('billing:portal')}</Button>}
                {ending && (
                  <Button type="primary" onClick={() => act('billing/activate')}>
                    {t('billing:activate')}
                  </Button>
                )}
                {data.state === 'closing' && <Button onClick={() => act('billing/reopen')}>{t('billing:reopen')}</Button>}
              </div>
            )}
          </>
        )}
      </section>
      {owner && !data.licence && <Budget of={data} set={set} />}
      {owner && !data.licence && <Details of={data} set={set} act={act} />}
      <Invoices pay={owner && data.provider ? (id) => away(`billing/invoices/${id}/pay`) : undefined} />
      {owner && !data.licence && <Visits of={data} act={act} />}
      {owner && data.state !== 'closing' && <End act={act} />}
      {data.state === 'closing' && (
        <p>
          <Link to={'/admin/closing' as '/'}>{t('billing:end_how')}</Link>
        </p>
      )}
    </Page>
  );
}

function Licence({ of }: { of: NonNullable<Acc['licence']> }) {
  const { t } = useTranslation();
  const l = of.licence;
  if (!l) return <p>{t('billing:licence.none')}</p>;
  return (
    <p>
      {t('billing:licence.says', {
        company: l.company,
        modules: listed(l.modules),
        seats: l.seats || '∞',
        used: of.seats_used,
        expires: l.expires || '—',
        support: l.support_until || '—',
      })}
    </p>
  );
}

// Budget is what a month may cost: a warning at 80 and 100 percent, or a hard limit.
function Budget({ of, set }: { of: Acc; set: (body: object) => void }) {
  const { t } = useTranslation();
  const [budget, setBudget] = useState(of.budget ?? '');
  const [cap, setCap] = useState(of.cap);
  return (
    <section className="card billing-part">
      <h2>{t('billing:budget')}</h2>
      <form
        className="billing-acts"
        onSubmit={(e) => {
          e.preventDefault();
          set({ budget: budget.trim() || null, cap: cap && budget.trim() !== '' });
        }}
      >
        <label>
          {t('billing:budget_amount', { currency: of.currency })}
          <input className="billing-input" inputMode="decimal" value={budget} onChange={(e) => setBudget(e.target.value)} />
        </label>
        <label className="billing-check">
          <input type="checkbox" checked={cap} onChange={(e) => setCap(e.target.checked)} /> {t('billing:cap')}
        </label>
        <Button htmlType="submit">{t('billing:save')}</Button>
      </form>
      <p className="muted note">{t('billing:budget_note')}</p>
    </section>
  );
}

function Invoices({ pay }: { pay?: (id: string) => void }) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['invoices', lang()], queryFn: () => get<{ data: Invoice[] }>('billing/invoices') });
  const [open, setOpen] = useState('');
  const one = useQuery({
    queryKey: ['invoice', open, lang()],
    queryFn: () => get<Invoice>(`billing/invoices/${open}`),
    enabled: open !== '',
  });
  const narrow = useNarrow();
  const rows = data?.data ?? [];
  return (
    <section className="card billing-part">
      <h2>{t('billing:invoices')}</h2>
      {rows.length === 0 ? (
        <p className="muted">{t('billing:no_invoices')}</p>
      ) : (
        <Sheet
          label={t('billing:invoices')}
          columns={(narrow ? ['no', 'total', 'do'] : ['no', 'days', 'state', 'due', 'total', 'do']).map((key) => ({
            key,
            label: key === 'do' ? '' : t(`billing:invoice.${key}`),
            end: key === 'total',
          }))}
          rows={rows}
          cell={(key, x) =>
            key === 'no' ? (
              <>
                <button type="button" className="link" onClick={() => setOpen(open === x.id ? '' : x.id)}>
                  {x.no}
                </button>
                {narrow && <span className="muted billing-under">{`${t(`billing:invoice.${x.state}`)} · ${x.due_on}`}</span>}
              </>
            ) : key === 'days' ? (
              `${x.first_day} – ${x.last_day}`
            ) : key === 'state' ? (
              <State tone={x.state === 'paid' ? 'green' : x.state === 'open' ? 'amber' : 'red'}>
                {t(`billing:invoice.${x.state}`)}
              </State>
            ) : key === 'due' ? (
              x.due_on
            ) : key === 'total' ? (
              money(x.total, x.currency)
            ) : pay && x.state === 'open' ? (
              <Button size="small" onClick={() => pay(x.id)}>
                {t('billing:pay')}
              </Button>
            ) : null
          }
        />
      )}
      {open && one.data && <Lines of={one.data} label={one.data.no} />}
    </section>
  );
}

// End asks for the end of the workspace, after its name was written.
function End({ act }: { act: (path: string, body: object) => void }) {
  const { t } = useTranslation();
  const name = useMe()?.tenant.name ?? '';
  const [typed, setTyped] = useState('');
  return (
    <section className="card billing-part">
      <h2>{t('billing:end')}</h2>
      <p className="muted">{t('billing:end_note')}</p>
      <div className="billing-acts">
        <label>
          {t('billing:end_name')}
          <input className="billing-input" value={typed} onChange={(e) => setTyped(e.target.value)} />
        </label>
        <Button
          danger
          disabled={typed !== name}
          onClick={() =>
            ask({
              title: t('billing:end_ask'),
              okButtonProps: { danger: true },
              onOk: () => act('billing/close', { confirm: typed }),
            })
          }
        >
          {t('billing:end_do')}
        </Button>
      </div>
    </section>
  );
}
