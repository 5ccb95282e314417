import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import './conflict.css';
import { ask } from '@/ui/talk';

type Values = Record<string, unknown>;

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// clashes are the fields that both changed, each to something else. What only one changed needs no question.
export const clashes = (before: Row, theirs: Row, mine: Values) =>
  Object.keys(mine).filter((f) => !same(before[f], theirs[f]) && !same(theirs[f], mine[f]));

// useConflict asks field by field whose value shall stay when two people changed a record; undefined: leave it.
export function useConflict(entity: Entity) {
  const { t } = useTranslation();
  return (before: Row, theirs: Row, mine: Values): Promise<Values | undefined> => {
    const open = clashes(before, theirs, mine);
    if (open.length === 0) return Promise.resolve(mine);
    return new Promise((resolve) => {
      let keep = new Set(open);
      ask({
        title: t('conflict.title'),
        width: 640,
        icon: null,
        content: <Choices entity={entity} fields={open} theirs={theirs} mine={mine} onChange={(k) => (keep = k)} />,
        okText: t('conflict.save'),
        cancelText: t('conflict.drop'),
        onOk: () => resolve(Object.fromEntries(Object.entries(mine).filter(([f]) => !open.includes(f) || keep.has(f)))),
        onCancel: () => resolve(undefined),
      });
    });
  };
}

interface ChoicesProps {
  entity: Entity;
  fields: string[];
  theirs: Row;
  mine: Values;
  onChange: (keep: Set<string>) => void;
}

function Choices({ entity, fields, theirs, mine, onChange }: ChoicesProps) {
  const { t } = useTranslation();
  const [keep, setKeep] = useState(new Set(fields));
  const choose = (f: string, own: boolean) => {
    const next = new Set(keep);
    if (own) next.add(f);
    else next.delete(f);
    setKeep(next);
    onChange(next);
  };
  const shown = (name: string, row: Row) => {
    const f = fieldOf(entity, name);
    return f ? <Value field={f} row={row} /> : t('conflict.lines', { n: (row[name] as unknown[] | undefined)?.length ?? 0 });
  };
  return (
    <>
      <p className="muted">{t('conflict.hint')}</p>
      {fields.map((f) => {
        const label = fieldOf(entity, f)?.label ?? entity.lines?.find((l) => l.name === f)?.label ?? f;
        return (
          <fieldset key={f} className="clash">
            <legend>{label}</legend>
            <label>
              <input type="radio" name={f} checked={keep.has(f)} onChange={() => choose(f, true)} />
              <span className="muted">{t('conflict.mine')}</span>
              {shown(f, { ...theirs, ...mine })}
            </label>
            <label>
              <input type="radio" name={f} checked={!keep.has(f)} onChange={() => choose(f, false)} />
              <span className="muted">{t('conflict.theirs')}</span>
              {shown(f, theirs)}
            </label>
          </fieldset>
        );
      })}
    </>
  );
}
