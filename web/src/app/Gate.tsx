import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/me';
import { isProblem } from '@/api/problem';
import { metaQuery } from '@/meta/meta';
import { useGo } from '@/ui/go';
import { Failed } from './errors';
import { Shell } from './Shell';

export const Root = () => <Outlet />;

// Gate lets those in who are logged in; the others log in first and come back to where they wanted to go.
export function Gate() {
  useTranslation(); // what is read below comes in the language
  const go = useGo();
  const href = useRouterState({ select: (s) => s.location.href });
  const me = useQuery(meQuery);
  const meta = useQuery({ ...metaQuery(), enabled: !!me.data, placeholderData: (before) => before });
  const stranger = isProblem(me.error) && me.error.status === 401;
  useEffect(() => {
    if (stranger && !href.startsWith('/login'))
      go(`/login${href === '/' ? '' : `?next=${encodeURIComponent(href)}`}`, { replace: true });
  }, [stranger, href, go]);
  const error = stranger ? undefined : (me.error ?? meta.error);
  if (error && !(me.data && meta.data))
    return <Failed error={error} reset={() => void Promise.all([me.refetch(), meta.refetch()])} />;
  if (!me.data || !meta.data) return null;
  return <Shell me={me.data} />;
}
