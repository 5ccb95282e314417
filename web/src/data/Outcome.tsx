import {
  ClipboardList,
  Factory,
  FolderKanban,
  type LucideIcon,
  PackageCheck,
  PencilLine,
  Plus,
  ShieldQuestion,
  ShoppingCart,
  Truck,
  Wallet,
} from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fatesOf, type Tree } from '@/api/records';
import { typeOf } from '@/meta/kinds';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { isDenied, Value } from '@/meta/Value';
import { type Choose, Fates } from './Fates';
import { differences, drawnLater, effectsOf, factsOf, type Outcome, outcomesOf } from './outcomes';
import './outcome.css';

const icons: Record<string, LucideIcon> = {
  'sales.order': ClipboardList,
  'inventory.reservation': PackageCheck,
  'inventory.delivery': Truck,
  'production.production_order': Factory,
  'purchasing.requisition': ShoppingCart,
  'purchasing.order': ShoppingCart,
  'finance.receivable': Wallet,
  'projects.project': FolderKanban,
};

// Preview shows what an act will do before it is done, as a tree. With before it says what changed since it was shown; with onChoose what has begun can
// be decided about.
export function Preview({ tree, before, onChoose }: { tree: Tree; before?: Tree; onChoose?: Choose }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const roots = useMemo(() => outcomesOf(meta, tree), [meta, tree]);
  const made = useMemo(() => new Set(effectsOf(tree).flatMap((e) => (e.action === 'create' ? [e.record] : []))), [tree]);
  const fates = fatesOf(tree).filter((f) => !made.has(f.record_id)); // what is new stands in the tree
  const since = useMemo(() => before && differences(outcomesOf(meta, before), roots), [meta, before, roots]);
  return (
    <div className="outcome">
      {tree.approvals?.map((a) => (
        <div key={a.record + a.action} className="notice tone-amber">
          <ShieldQuestion size={16} aria-hidden="true" />
          <div>
            {t('cascade.approval', { rule: a.label })}
            <Approvers steps={a.steps} />
          </div>
        </div>
      ))}
      {since && (
        <section className="outcome-since" aria-label={t('outcome.since')}>
          <b>{t('outcome.since')}</b>
          <ul>
            {since.gone.map((o) => (
              <li key={`-${o.effect.record}`} className="gone">
                <span className="muted">{t('outcome.gone')}</span>
                <Line outcome={o} />
              </li>
            ))}
            {since.added.map((o) => (
              <li key={`+${o.effect.record}`}>
                <span className="muted">{t('outcome.added')}</span>
                <Line outcome={o} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Fates list={fates} onChoose={onChoose} />
      {roots.length === 0 && fates.length === 0 ? <p className="muted">{t('cascade.nothing')}</p> : <Branches list={roots} />}
      {onChoose && tree.hash && (
        <span className="muted" title={tree.hash}>
          {t('outcome.hash', { hash: tree.hash.slice(0, 10) })}
        </span>
      )}
    </div>
  );
}

function Branches({ list }: { list: Outcome[] }) {
  return (
    <ul className="outcome-tree">
      {list.map((o) => (
        <li key={o.effect.record}>
          <Line outcome={o} />
          {o.below.length > 0 && <Branches list={o.below} />}
        </li>
      ))}
    </ul>
  );
}

interface Step {
  roles?: string[];
  users?: string[];
}

// Approvers says who has to agree, step by step.
export function Approvers({ steps }: { steps: unknown[] }) {
  const { t } = useTranslation();
  const who = (steps as Step[])
    .map((s) => (s.roles ?? []).map((r) => t(`role.${r}`, { defaultValue: r })).join(' / '))
    .filter(Boolean);
  if (who.length === 0) return null;
  return <div>{t('outcome.approvers', { who: who.join(' → ') })}</div>;
}

function Line({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const { entity, effect, made } = outcome;
  const Icon = icons[entity.name] ?? (made ? Plus : PencilLine);
  const verb = made
    ? t(`outcome.make.${entity.name.replace('.', '_')}`, { defaultValue: '' }) ||
      t('cascade.does', { verb: t('cascade.create'), what: entity.label })
    : t('cascade.does', {
        verb:
          entity.actions?.find((a) => a.name === effect.action)?.label ??
          t(`cascade.${effect.action}`, { defaultValue: effect.action }),
        what: entity.label,
      });
  const row = { currency: undefined, ...effect.values, id: effect.record, version: 0, _denied: effect._denied } as Row;
  return (
    <span className="outcome-line">
      <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
      <b>{verb}</b>
      {effect.title && entity.name !== 'inventory.reservation' && <span className="muted">{drawnLater(effect.title)}</span>}
      {factsOf(outcome).map((n) => {
        const f = fieldOf(entity, n);
        if (!f) return null;
        const name = effect.names?.[n];
        const plain = name !== undefined || n === 'name';
        const text = name ?? typeOf(f).text(row[n], f);
        return (
          <span key={n} className="outcome-fact">
            {!plain && n !== 'quantity' && n !== 'status' && <span className="muted">{f.label}</span>}
            {isDenied(row, n) ? (
              <Value field={f} row={row} />
            ) : plain ? (
              text
            ) : n === 'quantity' ? (
              <>
                × <Value field={f} row={row} />
              </>
            ) : (
              <Value field={f} row={row} />
            )}
          </span>
        );
      })}
    </span>
  );
}
