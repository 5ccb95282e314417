import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Pop } from '@/ui/Pop';
import { remember, remembered } from '@/ui/settings';
import { type Link as Kind, useChain } from './links';
import './chain.css';

// Chain is the ribbon of the documents that led to a record and that followed from it; each is one click away.
export function Chain({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const { data: links } = useChain(entity, row);
  const long = links && links.length > 1;
  useEffect(() => {
    if (links) remember(`chain.${entity.name}`, links.length > 1); // so that the next one finds its place kept
  }, [links, entity.name]);
  if (!links && remembered(`chain.${entity.name}`, false)) return <div className="chain wait" aria-hidden="true" />;
  if (!long) return null;
  return (
    <nav className="chain" aria-label={t('chain.title')}>
      <ol>
        {links.map((l, i) => (
          <li key={l.entity.name} aria-current={l.here ? 'step' : undefined}>
            {i > 0 && <ChevronRight size={14} aria-hidden="true" className="muted" />}
            <Step kind={l} id={row.id} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Step({ kind, id }: { kind: Kind; id: string }) {
  const { entity, rows, here } = kind;
  const [only] = rows;
  const state = fieldOf(entity, entity.state);
  const mark = (r: Row) => state && <Value field={state} row={r} />;
  if (rows.length === 1 && only) {
    const inner = (
      <>
        <small>{entity.label}</small>
        <span className="chain-doc">
          <b className="clip">{titleOf(entity, only)}</b>
          {mark(only)}
        </span>
      </>
    );
    return here ? (
      <span className="chain-step here">{inner}</span>
    ) : (
      <Link className="chain-step" to={`/${entity.path}/${only.id}` as '/'}>
        {inner}
      </Link>
    );
  }
  return (
    <Pop
      label={entity.label}
      side="start"
      width={300}
      trigger={(open, toggle) => (
        <button type="button" className={here ? 'chain-step here' : 'chain-step'} aria-expanded={open} onClick={toggle}>
          <small>{entity.label}</small>
          <span className="chain-doc">
            <b className="clip">
              {titleOf(entity, (here ? rows.find((r) => r.id === id) : only) ?? rows[0] ?? { id: '', version: 0 })}
            </b>
            <span className="chain-count">{rows.length}</span>
          </span>
        </button>
      )}
    >
      {(close) =>
        rows.map((r) => (
          <Link key={r.id} className="item" to={`/${entity.path}/${r.id}` as '/'} onClick={close} aria-current={r.id === id}>
            <span className="clip">{titleOf(entity, r)}</span>
            <span className="grow" />
            {mark(r)}
          </Link>
        ))
      }
    </Pop>
  );
}
