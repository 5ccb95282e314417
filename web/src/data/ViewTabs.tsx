import { Ellipsis, Lock, LockOpen, type LucideIcon, Save, Trash2, Users } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { isProblem } from '@/api/problem';
import { useChange, useCreate, useList, useRemove } from '@/api/records';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { IconButton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { type ListState, paramOf, readFilter, writeState } from './query';

interface Settings {
  filter?: Record<string, string>; // conditions by parameter; filter: those in groups
  sort?: string;
  columns?: string[];
  as?: string;
}

const stateOf = (s: Settings): Partial<ListState> => ({
  filters: Object.entries(s.filter ?? {}).flatMap(([k, v]) => (k === 'filter' ? [] : [readFilter(k, String(v))])),
  group: s.filter?.filter ?? '',
  sort: s.sort ?? '',
  cols: s.columns,
  as: s.as,
});

export interface ViewTabsProps {
  entity: Entity;
  state: ListState;
  onChange: (s: Partial<ListState>) => void;
}

// ViewTabs are the saved views of a list: all of it, the company's own, mine.
export function ViewTabs({ entity, state, onChange }: ViewTabsProps) {
  const { t } = useTranslation();
  const saved = useMeta().named('saved_view');
  const { data } = useList('saved_views', { entity: entity.name, limit: 50, sort: 'name' }, !!saved);
  const me = useMe();
  const create = useCreate(saved ?? entity);
  const remove = useRemove(saved ?? entity);
  const views = data?.data ?? [];
  const current = views.find((v) => v.id === state.view);
  const now = JSON.stringify(writeState({ ...state, view: undefined, q: '' }));
  const kept = JSON.stringify(writeState(stateOf((current?.settings as Settings) ?? {})));
  const mine = !!current && current.user_id === me?.id;
  const change = useChange(saved ?? entity);
  const settings = (): Settings => ({
    filter: {
      ...Object.fromEntries(state.filters.map((f) => [paramOf(f), f.value])),
      ...(state.group ? { filter: state.group } : {}),
    },
    sort: state.sort,
    columns: state.cols,
    as: state.as,
  });
  const set = (values: Record<string, unknown>) => {
    if (current)
      change.mutate(
        { id: current.id, version: current.version, values },
        { onError: (e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)) },
      );
  };
  const save = async (name: string) => {
    try {
      const row = await create.mutateAsync({
        values: { entity: entity.name, name, settings: settings() },
        key: crypto.randomUUID(),
      });
      onChange({ view: row.id });
    } catch (e) {
      say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
    }
  };
  const tab = (key: string | undefined, label: string, row?: Row) => (
    <button
      key={key ?? 'all'}
      type="button"
      role="tab"
      aria-selected={state.view === key}
      onClick={() => onChange({ ...stateOf((row?.settings as Settings) ?? {}), view: key, q: '' })}
    >
      {label}
      {row?.shared === true && <Users size={11} aria-label={t('view.shared')} />}
      {row?.locked === true && <Lock size={11} aria-label={t('view.locked')} />}
    </button>
  );
  return (
    <>
      <div className="views" role="tablist" aria-label={t('view.title')}>
        {tab(undefined, t('view.all'))}
        {views.map((v) => tab(v.id, String(v.name), v))}
      </div>
      {saved?.create && now !== kept && (
        <Pop
          label={t('view.save')}
          side="start"
          width={240}
          trigger={(open, toggle) => (
            <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
              <Save size={14} aria-hidden="true" />
              {t('view.save')}
            </button>
          )}
        >
          {(close) => (
            <NameForm
              onDone={(name) => {
                close();
                void save(name);
              }}
            />
          )}
        </Pop>
      )}
      {current && mine && (
        <Pop
          label={t('view.more')}
          side="start"
          trigger={(open, toggle) => <IconButton icon={Ellipsis} label={t('view.more')} expanded={open} onClick={toggle} />}
        >
          {(close) => {
            const item = (key: string, icon: LucideIcon, act: () => void) => {
              const Icon = icon;
              return (
                <button
                  type="button"
                  className="item"
                  onClick={() => {
                    close();
                    act();
                  }}
                >
                  <Icon size={14} aria-hidden="true" />
                  {t(`view.${key}`)}
                </button>
              );
            };
            return (
              <>
                {now !== kept && !current.locked && item('keep', Save, () => set({ settings: settings() }))}
                {item(current.shared ? 'unshare' : 'share', Users, () => set({ shared: !current.shared }))}
                {item(current.locked ? 'unlock' : 'lock', current.locked ? LockOpen : Lock, () =>
                  set({ locked: !current.locked }),
                )}
                {saved?.delete &&
                  !current.locked &&
                  item('remove', Trash2, () => {
                    onChange({ ...stateOf({}), view: undefined });
                    remove.mutate({ id: current.id, version: current.version });
                  })}
              </>
            );
          }}
        </Pop>
      )}
    </>
  );
}

function NameForm({ onDone }: { onDone: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  return (
    <form
      className="filter-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (name.trim()) onDone(name.trim());
      }}
    >
      <input
        className="input small"
        aria-label={t('view.name')}
        placeholder={t('view.name')}
        value={name}
        autoFocus
        onChange={(e) => setName(e.target.value)}
      />
    </form>
  );
}
