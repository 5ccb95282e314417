import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Mapping } from '@/data/ImportMapping';
import { targetsOf } from '@/data/mapping';
import { Sheet } from '@/data/Sheet';
import type { Entity } from '@/meta/types';
import { listed } from '@/ui/format';
import { IconButton } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { afterwards, mappingOf, type Part } from './takeover';

interface PartsProps {
  parts: Part[];
  list: Entity[]; // what a file may become
  still: boolean;
  onChange: (parts: Part[]) => void;
}

// Parts are the files of a takeover: what each becomes, what is done then, and in which order.
export function Parts({ parts, list, still, onChange }: PartsProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<string>(); // the file whose columns are looked at
  const put = (p: Part, values: Partial<Part>) => onChange(parts.map((x) => (x === p ? { ...x, ...values } : x)));
  const move = (p: Part, by: number) => {
    const next = parts.filter((x) => x !== p);
    next.splice(Math.max(0, parts.indexOf(p) + by), 0, p);
    onChange(next);
  };
  const open = parts.find((p) => p.key === opened);
  const become = list.find((e) => e.path === open?.path);
  const cell = (key: string, p: Part) => {
    const file = p.file.name;
    const entity = list.find((e) => e.path === p.path);
    if (key === 'file') {
      const mapping = mappingOf(p, entity);
      const unknown = Object.entries(mapping).flatMap(([title, field]) => (field ? [] : [title]));
      return (
        <>
          <b>{file}</b>
          {entity && !still && (
            <button
              type="button"
              className="tool"
              aria-expanded={opened === p.key}
              onClick={() => setOpened(opened === p.key ? undefined : p.key)}
            >
              {t('admin:takeover.columns', { n: Object.keys(mapping).length - unknown.length, all: Object.keys(mapping).length })}
              <span className="sr">{file}</span>
            </button>
          )}
          {unknown.length > 0 && <div className="muted">{t('admin:takeover.ignored', { list: listed(unknown) })}</div>}
        </>
      );
    }
    if (key === 'into')
      return (
        <span className="import-field">
          <Select
            aria-label={t('admin:takeover.into_of', { file })}
            disabled={still}
            status={p.path ? undefined : 'error'}
            showSearch={{ optionFilterProp: 'label' }}
            value={p.path || undefined}
            options={list.map((e) => ({ value: e.path, label: e.label }))}
            onChange={(path: string) => put(p, { path, after: '', mapping: {} })}
          />
        </span>
      );
    if (key === 'after') {
      const options = afterwards(entity).map((a) => ({ value: a.name, label: a.label }));
      if (options.length === 0) return null;
      return (
        <span className="import-field">
          <Select
            aria-label={t('admin:takeover.after_of', { file })}
            disabled={still}
            value={p.after}
            options={[{ value: '', label: t('admin:takeover.nothing') }, ...options]}
            onChange={(after: string) => put(p, { after })}
          />
        </span>
      );
    }
    if (still) return null;
    return (
      <span className="takeover-move">
        <IconButton icon={ArrowUp} label={t('admin:takeover.up', { file })} onClick={() => move(p, -1)} />
        <IconButton icon={ArrowDown} label={t('admin:takeover.down', { file })} onClick={() => move(p, 1)} />
        <IconButton
          icon={X}
          label={t('admin:takeover.remove', { file })}
          onClick={() => onChange(parts.filter((x) => x !== p))}
        />
      </span>
    );
  };
  return (
    <section className="card">
      <header>
        <h2>{t('admin:takeover.files')}</h2>
      </header>
      <Sheet
        label={t('admin:takeover.files')}
        columns={[
          { key: 'file', label: t('admin:takeover.file') },
          { key: 'into', label: t('admin:takeover.into') },
          { key: 'after', label: t('admin:takeover.after') },
          { key: 'move', label: '' },
        ]}
        rows={parts.map((p) => ({ ...p, part: p, id: p.key }))}
        cell={(key, r) => cell(key, r.part)}
      />
      {open && become && !still && (
        <Mapping
          head={open.head}
          targets={targetsOf(become)}
          value={mappingOf(open, become)}
          onChange={(mapping) => put(open, { mapping })}
        />
      )}
    </section>
  );
}
