import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';

export interface CredentialsProps {
  email?: string;
  fixed?: boolean; // the same person again
  onSubmit: (c: { email: string; password: string }) => Promise<void>;
}

export function Credentials({ email = '', fixed, onSubmit }: CredentialsProps) {
  const { t } = useTranslation();
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget);
    setBusy(true);
    setError('');
    try {
      await onSubmit({ email: String(f.get('email')), password: String(f.get('password')) });
    } catch (x) {
      setError(isProblem(x) ? (x.offline ? t('offline.banner') : x.message) : String(x));
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(e) => void submit(e)}>
      <label className="labelled">
        <span>{t('email')}</span>
        <input
          className="input"
          name="email"
          type="email"
          autoComplete="username"
          required
          readOnly={fixed}
          defaultValue={email}
          autoFocus={!fixed}
        />
      </label>
      <label className="labelled">
        <span>{t('password')}</span>
        <input className="input" name="password" type="password" autoComplete="current-password" required autoFocus={fixed} />
      </label>
      {error && (
        <p className="wrong" role="alert">
          {error}
        </p>
      )}
      <Button type="primary" htmlType="submit" loading={busy} block>
        {t('log_in')}
      </Button>
    </form>
  );
}
