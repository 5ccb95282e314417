import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { useGo } from '@/ui/go';
import { say } from '@/ui/talk';
import { Ask } from './Ask';
import { Outside } from './Outside';

// Reset sets a password by the link of the mail.
export default function Reset() {
  const { t } = useTranslation();
  const go = useGo();
  const { token = '' } = useSearch({ strict: false }) as { token?: string };
  return (
    <Outside title={t('people:forgot.title')} hint="" foot={<Link to={'/login' as '/'}>{t('people:forgot.back')}</Link>}>
      <Ask
        fields={[{ name: 'password', label: t('people:forgot.new'), type: 'password', complete: 'new-password' }]}
        submit={t('people:forgot.save')}
        onSubmit={async (v) => {
          await post('password/reset', { token, password: v.password }, { outside: true });
          say.success(t('people:forgot.done'));
          go('/login', { replace: true });
        }}
      />
    </Outside>
  );
}
