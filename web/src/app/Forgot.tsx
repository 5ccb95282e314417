import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { Ask } from './Ask';
import { Outside } from './Outside';

// Forgot has a link sent with which a password is set anew. The answer is the same for every address.
export default function Forgot() {
  const { t } = useTranslation();
  const [said, setSaid] = useState('');
  return (
    <Outside
      title={t('people:forgot.title')}
      hint={t('people:forgot.hint')}
      foot={<Link to={'/login' as '/'}>{t('people:forgot.back')}</Link>}
    >
      {said ? (
        <p role="status">{said}</p>
      ) : (
        <Ask
          fields={[{ name: 'email', label: t('email'), type: 'email', complete: 'username' }]}
          submit={t('people:forgot.submit')}
          onSubmit={async (v) =>
            setSaid((await post<{ detail: string }>('password/forgot', { email: v.email }, { outside: true })).detail)
          }
        />
      )}
    </Outside>
  );
}
