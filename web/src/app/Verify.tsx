import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { meQuery } from '@/api/me';
import { isProblem } from '@/api/problem';
import { useGo } from '@/ui/go';
import { say } from '@/ui/talk';
import { Ask } from './Ask';
import { Outside } from './Outside';

// Verify proves an address, by the code or by the link of the mail.
export default function Verify() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const { token } = useSearch({ strict: false }) as { token?: string };
  const done = () => {
    client.clear();
    say.success(t('people:verify.done'));
    go('/', { replace: true });
  };
  const again = () =>
    post('verify/resend').then(
      () => say.success(t('people:verify.sent')),
      (e) => say.error(isProblem(e) ? e.message : String(e)),
    );
  return (
    <Outside
      title={t('people:verify.title')}
      hint={token ? t('people:verify.link_hint') : t('people:verify.hint', { email: me?.email ?? '' })}
      foot={<Link to="/">{t('people:verify.later')}</Link>}
    >
      {token ? (
        <Ask
          fields={me ? [] : [{ name: 'password', label: t('password'), type: 'password', complete: 'current-password' }]}
          submit={t('people:verify.submit')}
          onSubmit={async (v) => {
            await post('verify', { token, password: v.password ?? '' }, { outside: true });
            done();
          }}
        />
      ) : (
        <>
          <Ask
            fields={[{ name: 'code', label: t('people:verify.code'), complete: 'one-time-code' }]}
            submit={t('people:verify.submit')}
            onSubmit={async (v) => {
              await post('verify', { code: v.code });
              done();
            }}
          />
          <Button type="link" onClick={() => void again()}>
            {t('people:verify.again')}
          </Button>
        </>
      )}
    </Outside>
  );
}
