import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { money, time } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Skeleton, State } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { Enter, type Guest } from './Enter';
import { Lines } from './Lines';
import type { Invoice, Company as Row, Statement } from './types';

interface Whole extends Row {
  invoices: Invoice[];
  to_date: Statement;
  people: Guest[];
}

// Company is one company as its operator sees it: its plan, this month, its invoices, and what operators did. No business data is in it.
export function Company({ of, close }: { of: Row; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const narrow = useNarrow();
  const path = `operator/tenants/${of.id}`;
  const { data } = useQuery({ queryKey: ['op', 'tenant', of.id, lang()], queryFn: () => get<Whole>(path) });
  const act = (verb: string, body: object) =>
    post(`${path}/${verb}`, body).then(
      () => client.invalidateQueries({ queryKey: ['op'] }),
      (e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)),
    );
  return (
    <Drawer open onClose={close} title={of.company} width="min(720px, 100vw)">
      {!data ? (
        <Skeleton rows={10} />
      ) : (
        <div className="billing-company">
          <Plan of={data} act={act} />
          <h3>{t('billing:invoices')}</h3>
          {data.invoices.length === 0 ? (
            <p className="muted">{t('billing:no_invoices')}</p>
          ) : (
            <Sheet
              label={t('billing:invoices')}
              columns={(narrow ? ['no', 'total', 'do'] : ['no', 'state', 'total', 'do']).map((key) => ({
                key,
                label: key === 'do' ? '' : t(`billing:invoice.${key}`),
                end: key === 'total',
              }))}
              rows={data.invoices}
              cell={(key, x) =>
                key === 'no' ? (
                  <>
                    {x.no}
                    {narrow && <span className="muted billing-under">{t(`billing:invoice.${x.state}`)}</span>}
                  </>
                ) : key === 'state' ? (
                  <State tone={x.state === 'paid' ? 'green' : x.state === 'open' ? 'amber' : 'red'}>
                    {t(`billing:invoice.${x.state}`)}
                  </State>
                ) : key === 'total' ? (
                  money(x.total, x.currency)
                ) : x.kind === 'invoice' ? (
                  <Credit of={x} act={act} />
                ) : null
              }
            />
          )}
          <h3>{t('billing:to_date')}</h3>
          {data.to_date.lines.length === 0 ? (
            <p className="muted">{t('billing:nothing')}</p>
          ) : (
            <Lines
              of={{ ...data.to_date, lines: data.to_date.lines.map((l) => ({ ...l, events: null })) }}
              label={t('billing:to_date')}
            />
          )}
          <h3>{t('billing:enter.title')}</h3>
          <Enter
            path={path}
            people={data.people}
            until={data.consent_until}
            done={() => client.invalidateQueries({ queryKey: ['op', 'tenant', of.id] })}
          />
          {data.operator_acts.length > 0 && <h3>{t('billing:op.acts')}</h3>}
          <ul className="billing-acts-done">
            {data.operator_acts.map((x) => (
              <li key={`${x.at} ${x.what}`}>
                <span className="muted">{time(x.at)}</span> {x.operator}: {t(`billing:did.${x.what}`, x.what)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Drawer>
  );
}

// Plan is what was agreed with a company.
function Plan({ of, act }: { of: Whole; act: (verb: string, body: object) => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState({ plan: of.plan, discount_percent: of.discount_percent, trial_days: '' });
  return (
    <form
      className="billing-acts"
      aria-label={t('billing:op.plan')}
      onSubmit={(e) => {
        e.preventDefault();
        const { trial_days, ...rest } = form;
        act('plan', trial_days.trim() ? { ...rest, trial_days: Number(trial_days) } : rest);
      }}
    >
      <label>
        {t('billing:op.form.plan')}
        <select className="billing-input" value={form.plan} onChange={(e) => setForm({ ...form, plan: e.target.value })}>
          {['standard', 'free'].map((plan) => (
            <option key={plan} value={plan}>
              {t(`billing:op.plans.${plan}`)}
            </option>
          ))}
        </select>
      </label>
      {(['discount_percent', 'trial_days'] as const).map((key) => (
        <label key={key}>
          {t(`billing:op.form.${key}`)}
          <input
            className="billing-input"
            inputMode="decimal"
            value={form[key]}
            onChange={(e) => setForm({ ...form, [key]: e.target.value })}
          />
        </label>
      ))}
      <Button htmlType="submit">{t('billing:save')}</Button>
    </form>
  );
}

// Credit notes a transfer that came in, or gives an open or paid invoice back, for a reason.
function Credit({ of, act }: { of: Invoice; act: (verb: string, body: object) => void }) {
  const { t } = useTranslation();
  return (
    <div className="billing-acts">
      {of.state === 'open' && (
        <Button size="small" onClick={() => act('paid', { invoice_id: of.id })}>
          {t('billing:op.paid')}
        </Button>
      )}
      {of.state !== 'void' && (
        <Button
          size="small"
          onClick={() => {
            let amount = of.subtotal;
            let reason = '';
            ask({
              title: t('billing:op.credit_title', { no: of.no }),
              content: (
                <div className="billing-acts">
                  <label>
                    {t('billing:op.credit_amount', { currency: of.currency })}
                    <input
                      className="billing-input"
                      inputMode="decimal"
                      defaultValue={amount}
                      onChange={(e) => {
                        amount = e.target.value;
                      }}
                    />
                  </label>
                  <label>
                    {t('billing:op.credit_reason')}
                    <input
                      className="billing-input"
                      onChange={(e) => {
                        reason = e.target.value;
                      }}
                    />
                  </label>
                </div>
              ),
              onOk: () => act('credit', { invoice_id: of.id, amount, reason }),
            });
          }}
        >
          {t('billing:op.credit')}
        </Button>
      )}
    </div>
  );
}
