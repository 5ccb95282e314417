import { Outlet, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { IconButton, Skeleton } from '@/ui/parts';
import { AccountBanner } from './AccountBanner';
import { Bell } from './Bell';
import { useLive } from './live';
import { Offline } from './Offline';
import { Relogin } from './Relogin';
import { Side } from './Side';
import './shell.css';

const Palette = lazy(() => import('./Palette'));
const Keys = lazy(() => import('./Keys'));

// Shell is what stands around every page: the menu, the palette, what calls for attention.
export function Shell({ me }: { me: Me }) {
  const { t } = useTranslation();
  const go = useGo();
  useLive(me.id, me.tenant.id);
  const path = useRouterState({ select: (s) => s.location.pathname });
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  const [menu, setMenu] = useState(false); // on a phone
  useHotkeys({ 'mod+k': () => setPalette((o) => !o), '?': () => setKeys(true), 'alt+h': () => go('/') });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when another page opens
  useEffect(() => setMenu(false), [path]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <div className="topbar">
        <IconButton icon={MenuIcon} label={t('menu')} onClick={() => setMenu((o) => !o)} expanded={menu} />
        <b className="grow clip">{me.tenant.name}</b>
        <IconButton icon={Search} label={t('search')} onClick={() => setPalette(true)} />
        <Bell me={me} />
      </div>
      <Side me={me} open={menu} close={() => setMenu(false)} search={() => setPalette(true)} keys={() => setKeys(true)} />
      <main id="main" tabIndex={-1}>
        <Offline />
        <AccountBanner me={me} />
        <div className="outlet">
          <Suspense fallback={<Skeleton rows={12} />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <Relogin me={me} />
      <Suspense fallback={null}>
        {palette && <Palette me={me} onClose={() => setPalette(false)} />}
        {keys && <Keys onClose={() => setKeys(false)} />}
      </Suspense>
    </div>
  );
}
