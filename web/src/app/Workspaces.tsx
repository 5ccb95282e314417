import { useQuery } from '@tanstack/react-query';
import { Check, ChevronsUpDown, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { type Me, useLeave, type Workspace } from '@/api/me';
import { useGo } from '@/ui/go';
import { Pop } from '@/ui/Pop';

// Workspaces names the company that one works in, and leads to the person's others.
export function Workspaces({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { switchTo } = useLeave();
  const go = useGo();
  return (
    <div className="workspace">
      <Pop
        label={t('workspaces')}
        side="start"
        width={260}
        trigger={(open, toggle) => (
          <button type="button" aria-expanded={open} onClick={toggle}>
            <span className="logo" aria-hidden="true">
              {[...me.tenant.name.replace(/^.{2}(?=.{4})/, '')][0] ?? 'T'}
            </span>
            <span className="grow clip">{me.tenant.name}</span>
            <ChevronsUpDown size={14} aria-hidden="true" />
          </button>
        )}
      >
        {(close) => (
          <List
            onChoose={async (w) => {
              close();
              if (w.current) return;
              await switchTo(w.id);
              location.assign('/');
            }}
            onNew={() => {
              close();
              go('/signup');
            }}
          />
        )}
      </Pop>
    </div>
  );
}

function List({ onChoose, onNew }: { onChoose: (w: Workspace) => void; onNew: () => void }) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['workspaces'], queryFn: () => get<{ data: Workspace[] }>('workspaces') });
  return (
    <>
      <div className="item-head">{t('workspaces')}</div>
      {data?.data.map((w) => (
        <button key={w.id} type="button" className="item" onClick={() => onChoose(w)}>
          <span className="grow clip">{w.name}</span>
          {w.current && <Check size={14} aria-label={t('current')} />}
        </button>
      ))}
      <button type="button" className="item" onClick={onNew}>
        <Plus size={14} aria-hidden="true" />
        {t('new_company')}
      </button>
    </>
  );
}
