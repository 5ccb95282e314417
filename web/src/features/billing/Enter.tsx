import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { time } from '@/ui/format';
import { say } from '@/ui/talk';

export interface Guest {
  user_id: string;
  name: string;
  email: string;
}

// Enter gives an operator a token of one of a company's people, for a reason, while the company agrees.
export function Enter({ path, people, until, done }: { path: string; people: Guest[]; until: string | null; done: () => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState({ user_id: people[0]?.user_id ?? '', reason: '' });
  const [made, setMade] = useState<{ token: string; expires_at: string }>();
  if (people.length === 0 || !until) return <p className="muted">{t('billing:enter.closed')}</p>;
  return (
    <>
      <p className="muted">{t('billing:enter.about', { until: time(until) })}</p>
      <form
        className="billing-acts"
        aria-label={t('billing:enter.title')}
        onSubmit={(e) => {
          e.preventDefault();
          post<{ token: string; expires_at: string }>(`${path}/impersonate`, form).then(
            (x) => {
              setMade(x);
              done();
            },
            (e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)),
          );
        }}
      >
        <label>
          {t('billing:enter.who')}
          <select className="billing-input" value={form.user_id} onChange={(e) => setForm({ ...form, user_id: e.target.value })}>
            {people.map((p) => (
              <option key={p.user_id} value={p.user_id}>{`${p.name} · ${p.email}`}</option>
            ))}
          </select>
        </label>
        <label>
          {t('billing:enter.reason')}
          <input
            className="billing-input"
            required
            maxLength={500}
            value={form.reason}
            onChange={(e) => setForm({ ...form, reason: e.target.value })}
          />
        </label>
        <Button htmlType="submit">{t('billing:enter.do')}</Button>
      </form>
      {made && (
        <div className="billing-token" role="status">
          <p>{t('billing:enter.made', { until: time(made.expires_at) })}</p>
          <code>{made.token}</code>
          <Button
            size="small"
            onClick={() => navigator.clipboard.writeText(made.token).then(() => say.success(t('billing:enter.copied')))}
          >
            {t('billing:enter.copy')}
          </Button>
        </div>
      )}
    </>
  );
}
