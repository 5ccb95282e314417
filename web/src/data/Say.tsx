import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem } from '@/api/problem';
import { newKey, type PageOf, useCreate } from '@/api/records';
import type { Entity, Row } from '@/meta/types';
import { composing } from '@/ui/hotkeys';
import { useOnce } from '@/ui/once';
import { Avatar } from '@/ui/parts';
import { say } from '@/ui/talk';

// naming finds the "@…" that is being written before the cursor.
export function naming(text: string, cursor: number): { from: number; word: string } | undefined {
  const m = /@([^\s@]{0,20})$/.exec(text.slice(0, cursor));
  return m ? { from: m.index, word: m[1] ?? '' } : undefined;
}

// Say is where one writes a remark; "@" offers the people to name, who are told.
export function Say({ of, entity, row }: { of: Entity; entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const create = useCreate(of);
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [named, setNamed] = useState<Row[]>([]);
  const [at, setAt] = useState<{ from: number; word: string }>();
  const [on, setOn] = useState(0);
  const people = useQuery({
    queryKey: ['pick', 'users', at?.word ?? ''],
    enabled: !!at,
    queryFn: ({ signal }) => get<PageOf<Row>>('users', { q: at?.word, active: true, limit: 6, fields: 'id,name' }, signal),
    placeholderData: (before) => before,
  });
  const offered = at ? (people.data?.data ?? []) : [];
  const choose = (p: Row | undefined) => {
    if (!p || !at) return;
    const end = at.from + 1 + at.word.length;
    setText(`${text.slice(0, at.from)}@${p.name} ${text.slice(end)}`);
    setNamed([...named.filter((x) => x.id !== p.id), p]);
    setAt(undefined);
    box.current?.focus();
  };
  const send = useOnce(async () => {
    const said = text.trim();
    if (!said) return;
    const mentions = named.filter((p) => said.includes(`@${p.name}`)).map((p) => p.id);
    try {
      await create.mutateAsync({ values: { entity: entity.name, record_id: row.id, text: said, mentions }, key: newKey() });
      setText('');
      setNamed([]);
    } catch (e) {
      say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
    }
  });
  const keys = (e: React.KeyboardEvent) => {
    if (composing(e)) return;
    if ((e.ctrlKey || e.metaKey) && e.key === 'Enter') void send();
    else if (!offered.length) return;
    else if (e.key === 'ArrowDown') setOn(Math.min(offered.length - 1, on + 1));
    else if (e.key === 'ArrowUp') setOn(Math.max(0, on - 1));
    else if (e.key === 'Enter' || e.key === 'Tab') choose(offered[on]);
    else if (e.key === 'Escape') setAt(undefined);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div className="say">
      <textarea
        ref={box}
        className="input"
        rows={2}
        role="combobox"
        aria-expanded={offered.length > 0}
        aria-controls={offered.length > 0 ? 'people' : undefined}
        aria-activedescendant={offered.length > 0 ? `person-${on}` : undefined}
        aria-label={t('history.say')}
        placeholder={t('history.say')}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          setAt(naming(e.target.value, e.target.selectionStart));
          setOn(0);
        }}
        onKeyDown={keys}
      />
      {offered.length > 0 && (
        <div id="people" className="say-people" role="listbox" aria-label={t('history.people')}>
          {offered.map((p, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the textarea has the keys
            <div
              key={p.id}
              id={`person-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === on}
              className="item"
              onClick={() => choose(p)}
            >
              <Avatar name={String(p.name)} />
              {String(p.name)}
            </div>
          ))}
        </div>
      )}
      {text.trim() !== '' && (
        <Button type="primary" size="small" loading={create.isPending} onClick={() => void send()}>
          {t('history.send')}
        </Button>
      )}
    </div>
  );
}
