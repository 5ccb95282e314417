import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signUp } from '@/api/me';
import { isProblem, type Problem } from '@/api/problem';
import { locale } from '@/i18n';
import { useGo } from '@/ui/go';
import { Outside } from './Outside';

const fields = [
  ['company', 'text', 'organization'],
  ['name', 'text', 'name'],
  ['email', 'email', 'email'],
  ['password', 'password', 'new-password'],
] as const;

// Signup opens a company that works at once.
export default function Signup() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const f = Object.fromEntries(new FormData(e.currentTarget)) as Record<(typeof fields)[number][0], string>;
    setBusy(true);
    try {
      await signUp({ ...f, locale: locale(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
      client.clear();
      go('/', { replace: true });
    } catch (x) {
      if (!isProblem(x)) throw x;
      setProblem(x);
      setBusy(false);
    }
  };
  return (
    <Outside
      title={t('signup.title')}
      hint={t('signup.hint')}
      foot={
        <>
          {t('signup.have_account')} <Link to={'/login' as '/'}>{t('log_in')}</Link>
        </>
      }
    >
      <form className="stack" onSubmit={(e) => void submit(e)}>
        {fields.map(([name, type, complete], i) => {
          const wrong = problem?.at(name);
          return (
            <label key={name} className="labelled">
              <span>{t(`signup.${name}`)}</span>
              <input
                className="input"
                name={name}
                type={type}
                autoComplete={complete}
                required
                autoFocus={i === 0}
                aria-invalid={!!wrong}
                aria-describedby={wrong ? `${name}-wrong` : undefined}
              />
              {wrong && (
                <span className="wrong" id={`${name}-wrong`}>
                  {wrong}
                </span>
              )}
            </label>
          );
        })}
        {problem && problem.fields.length === 0 && (
          <p className="wrong" role="alert">
            {problem.offline ? t('offline.banner') : problem.message}
          </p>
        )}
        <Button type="primary" htmlType="submit" loading={busy} block>
          {t('signup.submit')}
        </Button>
      </form>
    </Outside>
  );
}
