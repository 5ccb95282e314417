import { useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { logIn } from '@/api/me';
import { useGo } from '@/ui/go';
import { Credentials } from './Credentials';
import { Outside } from './Outside';

// inside keeps a page of another site from being where one lands after the login.
export const inside = (next: unknown) => (typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/');

export default function Login() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const { next } = useSearch({ strict: false }) as { next?: string };
  return (
    <Outside
      title={t('login.title')}
      hint={t('login.hint')}
      foot={
        <>
          {t('login.no_account')} <Link to={'/signup' as '/'}>{t('login.sign_up')}</Link>
        </>
      }
    >
      <Credentials
        onSubmit={async (c) => {
          await logIn(c);
          client.clear();
          go(inside(next), { replace: true });
        }}
      />
    </Outside>
  );
}
