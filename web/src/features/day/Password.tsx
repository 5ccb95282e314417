import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, session } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { Mistakes } from '@/data/Mistakes';
import { say } from '@/ui/talk';

// Password changes one's own, given the old one; all other sessions end.
export function Password({ email }: { email: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const labels = { old_password: t('day:me.old_password'), new_password: t('day:me.new_password') };
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const form = e.currentTarget;
    const body = Object.fromEntries(new FormData(form));
    setBusy(true);
    setProblem(undefined);
    try {
      const { data } = await call<{ csrf_token?: string }>('POST', 'me/password', {
        body: { old_password: body.old_password, new_password: body.new_password },
      });
      if (data.csrf_token) session.csrf = data.csrf_token; // the session goes on with another one
      form.reset();
      await client.invalidateQueries({ queryKey: ['me'] });
      say.success(t('day:me.changed'));
    } catch (x) {
      if (isProblem(x)) setProblem(x);
      else say.error(String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card">
      <header>
        <h2>{t('day:me.password')}</h2>
      </header>
      <form className="me-password stack" onSubmit={(e) => void submit(e)}>
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        {problem && <Mistakes problem={problem} labels={labels} />}
        {(['old_password', 'new_password'] as const).map((name) => (
          <label key={name} className="labelled">
            <span>{labels[name]}</span>
            <input
              className="input"
              name={name}
              type="password"
              required
              minLength={name === 'new_password' ? 8 : undefined}
              autoComplete={name === 'old_password' ? 'current-password' : 'new-password'}
            />
          </label>
        ))}
        <p className="muted">{t('day:me.password_hint')}</p>
        <div>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('day:me.change')}
          </Button>
        </div>
      </form>
    </section>
  );
}
