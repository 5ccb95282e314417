import { Link } from '@tanstack/react-router';
import { ShieldQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { actsOf, type Branch, type Effect, type Tree } from '@/api/records';
import { typeOf } from '@/meta/kinds';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { drawnLater } from './outcomes';
import './record.css';

// Cascade shows what an act makes happen as a tree: what is made and changed, and what follows from that.
export function Cascade({ tree, links }: { tree: Tree; links?: boolean }) {
  const { t } = useTranslation();
  const nothing = !tree.effects?.length && tree.events.length === 0;
  return (
    <div className="tree">
      {tree.approvals?.map((a) => (
        <div key={a.record + a.action} className="notice tone-amber">
          <ShieldQuestion size={16} aria-hidden="true" />
          {t('cascade.approval', { rule: a.label })}
        </div>
      ))}
      {nothing && <p className="muted">{t('cascade.nothing')}</p>}
      <ul>
        {actsOf(tree).map((e, i) => (
          <Leaf key={`${e.record}${e.action}${i}`} effect={e} links={links} />
        ))}
        {tree.events.map((b, i) => (
          <Node key={b.id ?? `${b.type}${i}`} branch={b} links={links} />
        ))}
      </ul>
    </div>
  );
}

function Node({ branch, links }: { branch: Branch; links?: boolean }) {
  const inner = [...branch.effects.map((e, i) => <Leaf key={`${e.record}${e.action}${i}`} effect={e} links={links} />)];
  const next = branch.caused.map((b, i) => <Node key={b.id ?? `${b.type}${i}`} branch={b} links={links} />);
  if (inner.length === 0) return next;
  return (
    <>
      {inner}
      {next.length > 0 && (
        <li>
          <ul>{next}</ul>
        </li>
      )}
    </>
  );
}

const telling = /quantity|amount|date|status|need_by|price$|reserved/;

function Leaf({ effect, links }: { effect: Effect; links?: boolean }) {
  const { t } = useTranslation();
  const entity = useMeta().named(effect.entity);
  if (!entity || entity.name === 'notification') return null; // lines are told with their document
  const row = { id: effect.record, version: 0, ...effect.values, _denied: effect._denied } as Row;
  const named = Object.entries(effect.names ?? {}).filter(([f]) =>
    entity.fields.some((x) => x.name === f && !/^(created|updated)_by|owner/.test(f)),
  );
  const facts = entity.fields.filter(
    (f) =>
      telling.test(f.name) && effect.values?.[f.name] !== undefined && !f.ref && typeOf(f).text(effect.values[f.name], f) !== '',
  );
  const shown = facts.filter((f) => !/^0(\.0+)?$/.test(String(effect.values?.[f.name]))).slice(0, 4);
  const title = drawnLater(effect.title || (effect.names?.id ?? ''));
  return (
    <li>
      <div className="leaf">
        <span
          className={`state ${effect.action === 'create' ? 'tone-green' : effect.action === 'delete' ? 'tone-red' : 'tone-blue'}`}
        >
          {t(`cascade.${effect.action}`, {
            defaultValue: entity.actions?.find((a) => a.name === effect.action)?.label ?? effect.action,
          })}
        </span>
        <b>{effect.label}</b>
        {title && (links ? <Link to={`/${entity.path}/${effect.record}` as '/'}>{title}</Link> : <span>{title}</span>)}
        {named.slice(0, 2).map(([f, name]) => (
          <span key={f}>{name}</span>
        ))}
        {shown.map((f) => (
          <span key={f.name} className="denied">
            <span className="muted">{f.label}</span>
            <Value field={f} row={row} />
          </span>
        ))}
      </div>
    </li>
  );
}
