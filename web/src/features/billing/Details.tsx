import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { time } from '@/ui/format';
import type { Account } from './types';

// Details are what stands on invoices, and a code that makes them less.
export function Details({
  of,
  set,
  act,
}: {
  of: Account;
  set: (body: object) => void;
  act: (path: string, body: object) => void;
}) {
  const { t } = useTranslation();
  const company = useMe()?.tenant.name;
  const [form, setForm] = useState({ name: of.name, email: of.email, tax_id: of.tax_id });
  const [code, setCode] = useState('');
  return (
    <section className="card billing-part">
      <h2>{t('billing:details')}</h2>
      <form
        className="billing-acts"
        aria-label={t('billing:details')}
        onSubmit={(e) => {
          e.preventDefault();
          set(form);
        }}
      >
        {(['name', 'email', 'tax_id'] as const).map((key) => (
          <label key={key}>
            {t(`billing:detail.${key}`)}
            <input
              className="billing-input"
              type={key === 'email' ? 'email' : 'text'}
              placeholder={key === 'name' ? company : undefined}
              value={form[key]}
              onChange={(e) => setForm({ ...form, [key]: e.target.value })}
            />
          </label>
        ))}
        <Button htmlType="submit">{t('billing:save')}</Button>
      </form>
      {of.discount_percent !== '0' && (
        <p>{t('billing:discount', { percent: of.discount_percent, until: of.discount_until ?? '—' })}</p>
      )}
      {of.provider && (
        <form
          className="billing-acts"
          aria-label={t('billing:coupon')}
          onSubmit={(e) => {
            e.preventDefault();
            act('billing/coupon', { code });
          }}
        >
          <label>
            {t('billing:coupon')}
            <input className="billing-input" value={code} onChange={(e) => setCode(e.target.value)} />
          </label>
          <Button htmlType="submit" disabled={code.trim() === ''}>
            {t('billing:use')}
          </Button>
        </form>
      )}
    </section>
  );
}

// Visits are the operator's: let in for some hours, and all that was done.
export function Visits({ of, act }: { of: Account; act: (path: string, body: object) => void }) {
  const { t } = useTranslation();
  return (
    <section className="card billing-part">
      <h2>{t('billing:visits')}</h2>
      <p className="muted">{t('billing:visits_note')}</p>
      {of.consent_until && <p>{t('billing:visits_until', { at: time(of.consent_until) })}</p>}
      <div className="billing-acts">
        <Button onClick={() => act('billing/consent', { hours: 4 })}>{t('billing:visits_allow')}</Button>
        {of.consent_until && <Button onClick={() => act('billing/consent', { hours: 0 })}>{t('billing:visits_end')}</Button>}
      </div>
      {of.operator_acts.length > 0 && (
        <ul className="billing-acts-done">
          {of.operator_acts.map((x) => (
            <li key={`${x.at} ${x.what}`}>
              <span className="muted">{time(x.at)}</span> {x.operator}: {t(`billing:did.${x.what}`, x.what)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
