import { Modal } from 'antd';
import { Keyboard, Languages, type LucideIcon, Moon, Plus, Sun } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { fillable } from '@/data/draft';
import { all } from '@/data/feature';
import { lang, setLang } from '@/i18n';
import { fieldOf, type Meta, useMeta } from '@/meta/meta';
import { useGo } from '@/ui/go';
import { composing } from '@/ui/hotkeys';
import { isDark, setTheme } from '@/ui/settings';
import { iconOf, menu } from './menu';
import { type Found, matches, useFound } from './search';

interface Choice {
  key: string;
  group: string;
  label: string;
  more?: string;
  icon: LucideIcon;
  run: () => void;
}

const stateLabel = (meta: Meta, f: Found) => {
  const e = meta.named(f.entity);
  return e && fieldOf(e, e.state)?.options?.find((o) => o.value === f.state)?.label;
};

// Palette leads anywhere: pages, records, actions and settings, by name, pinyin or initials.
export default function Palette({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const go = useGo();
  const [query, setQuery] = useState('');
  const [asked, setAsked] = useState(''); // of it, what an input method is done with
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const { found, busy } = useFound(useDeferredValue(asked));
  const fixed = useMemo<Choice[]>(() => {
    const to = (path: string) => () => go(path);
    const pages = menu(meta, me, t).flatMap((g) => [...g.items, ...g.more].map((i) => ({ ...i, group: g.module })));
    return [
      ...pages.map((p) => ({
        key: p.to,
        group: t('palette.pages'),
        label: p.label,
        more: t(`module.${p.group}`, { defaultValue: p.group }),
        icon: p.icon,
        run: to(p.to),
      })),
      ...all('actions')
        .filter((a) => a.shows?.(meta, me) ?? true)
        .map((a) => ({ key: a.key, group: t('palette.actions'), label: t(a.label), icon: a.icon, run: to(a.to) })),
      ...meta.entities
        .filter((e) => fillable(e) && e.path.includes('/'))
        .map((e) => ({
          key: `new ${e.name}`,
          group: t('palette.actions'),
          label: t('form.new', { what: e.label }),
          icon: Plus,
          run: to(`/${e.path}/new`),
        })),
      {
        key: 'theme',
        group: t('palette.settings'),
        label: t(isDark() ? 'palette.light' : 'palette.dark'),
        icon: isDark() ? Sun : Moon,
        run: () => setTheme(isDark() ? 'light' : 'dark'),
      },
      {
        key: 'lang',
        group: t('palette.settings'),
        label: t('other_language'),
        icon: Languages,
        run: () => void setLang(lang() === 'en' ? 'zh' : 'en'),
      },
      {
        key: 'keys',
        group: t('palette.settings'),
        label: t('keys.title'),
        icon: Keyboard,
        run: () => dispatchEvent(new KeyboardEvent('keydown', { key: '?' })),
      },
    ];
  }, [meta, me, t, go]);
  const q = asked;
  const records = found.map((f) => ({
    key: f.id,
    group: t('palette.records'),
    label: f.title,
    more: [f.label, stateLabel(meta, f)].filter(Boolean).join(' · '),
    icon: iconOf(f.entity),
    run: () => go(`/${f.path}/${f.id}`),
  }));
  const choices: Choice[] =
    q === '' ? fixed.slice(0, 12) : [...fixed.filter((c) => matches(c.label, q)).slice(0, 12), ...records];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at the top
  useEffect(() => setAt(0), [q]);
  useEffect(() => {
    list.current?.querySelector(`#choice-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const choose = (c: Choice | undefined) => {
    if (!c) return;
    onClose();
    setTimeout(c.run, 0);
  };
  const keys = (e: KeyboardEvent) => {
    if (composing(e)) return;
    if (e.key === 'ArrowDown') setAt(Math.min(choices.length - 1, at + 1));
    else if (e.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (e.key === 'Enter') choose(choices[at]);
    else return;
    e.preventDefault();
  };
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={620}
      style={{ top: 88 }}
      styles={{ container: { padding: 0, overflow: 'hidden' } }}
      aria-label={t('search_or_run')}
    >
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={choices[at] ? `choice-${at}` : undefined}
        aria-label={t('search_or_run')}
        placeholder={t('palette.hint')}
        autoFocus
        value={query}
        onChange={(e) => {
          setQuery(e.target.value);
          if (!composing(e as never)) setAsked(e.target.value.trim());
        }}
        onCompositionEnd={(e) => setAsked(e.currentTarget.value.trim())}
        onKeyDown={keys}
      />
      <div className="palette-list" id="choices" role="listbox" aria-label={t('palette.found')} ref={list} tabIndex={-1}>
        {choices.map((c, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
          <div
            key={c.group + c.key}
            id={`choice-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onMouseMove={() => setAt(i)}
            onClick={() => choose(c)}
          >
            <c.icon size={15} aria-hidden="true" />
            <span className="clip">{c.label}</span>
            <span className="muted">{c.more ?? c.group}</span>
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p className="muted" style={{ padding: '4px 16px 16px' }}>
          {busy ? t('searching') : t('palette.nothing')}
        </p>
      )}
    </Modal>
  );
}
