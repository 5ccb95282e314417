import { Link, useRouterState } from '@tanstack/react-router';
import { ChevronDown, ChevronRight, House, Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { useMeta } from '@/meta/meta';
import { remember, remembered } from '@/ui/settings';
import { Bell } from './Bell';
import { type MenuGroup, type MenuItem, menu } from './menu';
import { Profile } from './Profile';
import { Tasks } from './Tasks';
import { Workspaces } from './Workspaces';

interface SideProps {
  me: Me;
  open: boolean;
  close: () => void;
  search: () => void;
  keys: () => void;
}

export function Side({ me, open, close, search, keys }: SideProps) {
  const { t } = useTranslation();
  const groups = menu(useMeta(), me, t);
  return (
    <>
      {open && <button type="button" className="veil" aria-label={t('close')} onClick={close} />}
      <aside className={open ? 'side open' : 'side'}>
        <Workspaces me={me} />
        <button type="button" className="search-button" onClick={search}>
          <Search size={14} aria-hidden="true" />
          <span className="clip">{t('search_or_run')}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <nav aria-label={t('menu')}>
          <Entry item={{ key: 'home', to: '/', label: t('home'), icon: House }} />
          {groups.map((g) => (
            <Group key={g.module} group={g} />
          ))}
        </nav>
        <div className="foot">
          <Profile me={me} keys={keys} />
          <span className="grow" />
          <Tasks me={me} />
          <Bell me={me} up />
        </div>
      </aside>
    </>
  );
}

function Group({ group }: { group: MenuGroup }) {
  const { t } = useTranslation();
  const [shut, setShut] = useState(() => remembered(`menu.${group.module}`, false));
  const [more, setMore] = useState(false);
  const toggle = () => {
    remember(`menu.${group.module}`, !shut);
    setShut(!shut);
  };
  return (
    <section>
      <button type="button" className="group" aria-expanded={!shut} onClick={toggle}>
        {t(`module.${group.module}`, { defaultValue: group.module })}
        {shut ? <ChevronRight size={12} aria-hidden="true" /> : <ChevronDown size={12} aria-hidden="true" />}
      </button>
      {!shut && group.items.map((i) => <Entry key={i.key} item={i} />)}
      {!shut && more && group.more.map((i) => <Entry key={i.key} item={i} />)}
      {!shut && group.more.length > 0 && (
        <button type="button" className="entry quiet" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? <ChevronDown size={16} aria-hidden="true" /> : <ChevronRight size={16} aria-hidden="true" />}
          {more ? t('less') : t('more', { n: group.more.length })}
        </button>
      )}
    </section>
  );
}

function Entry({ item }: { item: MenuItem }) {
  const path = useRouterState({ select: (s) => s.location.pathname });
  const on = item.to === '/' ? path === '/' : path === item.to || path.startsWith(`${item.to}/`);
  const Icon = item.icon;
  return (
    <Link to={item.to as '/'} className="entry" aria-current={on ? 'page' : undefined}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className="clip">{item.label}</span>
    </Link>
  );
}
