import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { post, session } from '@/api/http';
import { isProblem } from '@/api/problem';
import { locale } from '@/i18n';
import { useGo } from '@/ui/go';
import { Ask } from './Ask';
import { Outside } from './Outside';

interface Invited {
  company: string;
  email: string;
  name: string;
  known: boolean;
}

// Invitation lets the holder of its link join a company.
export default function Invitation() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const { token = '' } = useSearch({ strict: false }) as { token?: string };
  const opened = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => post<Invited>('invitations/open', { token }, { outside: true }),
    retry: false,
  });
  const x = opened.data;
  const join = async (v: Record<string, string>) => {
    const out = await post<{ csrf_token?: string; log_in?: boolean }>(
      'invitations/accept',
      { token, name: v.name ?? '', password: v.password ?? '', locale: locale() },
      { outside: true },
    );
    client.clear();
    if (out.csrf_token) session.csrf = out.csrf_token;
    go(out.log_in ? '/login' : '/', { replace: true });
  };
  return (
    <Outside
      title={t('people:invitation.title', { company: x?.company ?? '' })}
      hint={x ? t(x.known ? 'people:invitation.known' : 'people:invitation.hint', { email: x.email }) : ''}
      foot={<Link to={'/login' as '/'}>{t('log_in')}</Link>}
    >
      {opened.error && (
        <p className="wrong" role="alert">
          {isProblem(opened.error) ? opened.error.message : String(opened.error)}
        </p>
      )}
      {x && (
        <Ask
          fields={
            x.known
              ? []
              : [
                  { name: 'name', label: t('people:invitation.name'), complete: 'name', value: x.name },
                  { name: 'password', label: t('people:invitation.password'), type: 'password', complete: 'new-password' },
                ]
          }
          submit={t('people:invitation.submit')}
          onSubmit={join}
        />
      )}
    </Outside>
  );
}
