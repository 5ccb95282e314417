import { Link } from '@tanstack/react-router';
import { CircleHelp, CornerDownRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '@/api/titles';
import { titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { Skeleton } from '@/ui/parts';
import { Cascade } from './Cascade';
import { type Reason, reasonsOf, useTree } from './links';
import './chain.css';

// Why answers "why does this exist?": from what a person did down to what made this record, and all that came of it.
export function Why({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  return (
    <Pop
      label={t('why.title')}
      width={460}
      trigger={(open, toggle) => (
        <button
          type="button"
          className="icon-button"
          aria-expanded={open}
          aria-label={t('why.title')}
          title={t('why.title')}
          onClick={toggle}
        >
          <CircleHelp size={16} />
        </button>
      )}
    >
      {() => <Answer entity={entity} row={row} />}
    </Pop>
  );
}

function Answer({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const who = useTitle(meta.named('user'), 'id', typeof row.created_by === 'string' ? row.created_by : undefined);
  const tree = useTree(entity, row.id);
  if (tree.isPending) return <Skeleton rows={3} />;
  const steps = tree.data ? reasonsOf(meta, tree.data, row.id) : [];
  return (
    <div className="why">
      <h3>{t('why.title')}</h3>
      {steps.length === 0 ? (
        <p>{who ? t('why.by_hand', { who }) : t('why.unknown')}</p>
      ) : (
        <ol>
          {steps.map((s, i) => (
            <li key={`${s.type}${s.record}`} style={{ paddingLeft: Math.min(i, 6) * 14 }}>
              {i > 0 && <CornerDownRight size={13} aria-hidden="true" className="muted" />}
              <Step step={s} />
            </li>
          ))}
          <li style={{ paddingLeft: Math.min(steps.length, 6) * 14 }}>
            <CornerDownRight size={13} aria-hidden="true" className="muted" />
            <b>{t('why.made', { what: `${entity.label} ${titleOf(entity, row)}` })}</b>
          </li>
        </ol>
      )}
      {!!tree.data?.events.length && (
        <details>
          <summary>{t('why.all')}</summary>
          <Cascade tree={tree.data} links />
        </details>
      )}
    </div>
  );
}

function Step({ step }: { step: Reason }) {
  const { t } = useTranslation();
  const read = useTitle(step.entity, 'id', step.title ? undefined : step.record);
  const what = t(`event.${step.type.replaceAll('.', '_')}`, { defaultValue: t('why.follows') });
  const title = step.title ?? read;
  return (
    <span>
      {step.entity && <span className="muted">{step.entity.label} </span>}
      {step.entity && step.record && title && <Link to={`/${step.entity.path}/${step.record}` as '/'}>{title}</Link>} {what}
    </span>
  );
}
