import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moduleOf, useMeta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import '@/data/record.css';
import { classesOf, type Grant, has, inherited, rights, toggled } from './rights';

interface GridProps {
  role: string;
  label: string;
  grants: Record<string, Grant>;
  onChange: (of: Record<string, Grant>) => void;
}

// RightsGrid is what one role may do, by kind of record: classes of fields to see and to change, what may be done with records as a whole, and actions.
export function RightsGrid({ role, label, grants, onChange }: GridProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const [find, setFind] = useState('');
  if (role === 'owner') return <p className="card rights-note">{t('admin:right.owner_all')}</p>;
  const shown = meta.entities.filter((e) => e.label.toLowerCase().includes(find.trim().toLowerCase()));
  const modules = [...new Set(shown.map(moduleOf))];
  const set = (e: Entity, g: Grant) => onChange({ ...grants, [e.name]: g });
  const heads = ['entity', 'view', 'edit', ...rights, 'actions', 'rows'];
  return (
    <section className="card rights-grid" aria-label={label}>
      <header>
        <h2>{label}</h2>
        <span className="grow" />
        <input
          className="input small rights-find"
          type="search"
          aria-label={t('admin:right.search')}
          placeholder={t('admin:right.search')}
          value={find}
          onChange={(e) => setFind(e.target.value)}
        />
      </header>
      <p className="muted rights-note">{t(grants['*'] ? 'admin:right.from_all' : 'admin:right.some_hidden')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="sheet" role="region" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {heads.map((h) => (
                <th key={h} scope="col">
                  {t(`admin:right.${h}`)}
                </th>
              ))}
            </tr>
          </thead>
          {modules.map((m) => (
            <tbody key={m}>
              <tr>
                <th colSpan={heads.length} scope="rowgroup" className="rights-module">
                  {t(`module.${m}`, { defaultValue: m })}
                </th>
              </tr>
              {shown
                .filter((e) => moduleOf(e) === m)
                .map((e) => (
                  <Line
                    key={e.name}
                    entity={e}
                    own={grants[e.name] ?? {}}
                    given={inherited(grants, e)}
                    onChange={(g) => set(e, g)}
                  />
                ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}

interface LineProps {
  entity: Entity;
  own: Grant;
  given: Grant[]; // by wider grants: shown, changed there
  onChange: (g: Grant) => void;
}

function Line({ entity, own, given, onChange }: LineProps) {
  const { t } = useTranslation();
  const classes = classesOf(entity);
  const actions = entity.actions ?? [];
  const names = actions.map((a) => a.name);
  const chips = (what: 'view' | 'edit') => (
    <span className="rights-chips">
      {classes.map((c) => {
        const wider = given.some((g) => has(g, what, c));
        const name = t(`admin:class.${c}`, { defaultValue: c });
        return (
          <button
            key={c}
            type="button"
            className="chip"
            aria-pressed={wider || has(own, what, c)}
            aria-label={`${entity.label} ${t(`admin:right.${what}`)} ${name}`}
            disabled={wider}
            onClick={() => onChange(toggled(own, what, c, classes))}
          >
            {name}
          </button>
        );
      })}
    </span>
  );
  const allowed = actions.filter((a) => has(own, 'actions', a.name) || given.some((g) => has(g, 'actions', a.name)));
  return (
    <tr>
      <th scope="row">{entity.label}</th>
      <td>{chips('view')}</td>
      <td>{chips('edit')}</td>
      {rights.map((r) => {
        const wider = given.some((g) => g[r]);
        return (
          <td key={r}>
            <input
              type="checkbox"
              className="check"
              aria-label={`${entity.label} ${t(`admin:right.${r}`)}`}
              checked={wider || !!own[r]}
              disabled={wider}
              onChange={() => onChange({ ...own, [r]: !own[r] })}
            />
          </td>
        );
      })}
      <td>
        {actions.length > 0 && (
          <Pop
            label={t('admin:right.actions')}
            width={220}
            trigger={(open, toggle) => (
              <button
                type="button"
                className="tool"
                aria-expanded={open}
                onClick={toggle}
                aria-label={`${entity.label} ${t('admin:right.actions')} ${t('admin:right.find_actions', { n: allowed.length, all: actions.length })}`}
              >
                {t('admin:right.find_actions', { n: allowed.length, all: actions.length })}
              </button>
            )}
          >
            {() =>
              actions.map((a) => {
                const wider = given.some((g) => has(g, 'actions', a.name));
                return (
                  <label key={a.name} className="item">
                    <input
                      type="checkbox"
                      className="check"
                      checked={allowed.includes(a)}
                      disabled={wider}
                      onChange={() => onChange(toggled(own, 'actions', a.name, names))}
                    />
                    {a.label}
                  </label>
                );
              })
            }
          </Pop>
        )}
      </td>
      <td>
        {own.view && (
          <button
            type="button"
            className="chip"
            aria-pressed={own.rows === 'own'}
            onClick={() => onChange({ ...own, rows: own.rows === 'own' ? '' : 'own' })}
          >
            {t(own.rows === 'own' ? 'admin:right.own' : 'admin:right.all')}
          </button>
        )}
      </td>
    </tr>
  );
}
