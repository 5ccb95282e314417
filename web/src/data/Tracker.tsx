import { Link } from '@tanstack/react-router';
import { Check, CircleDashed, Clock, Loader, Minus, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { isDenied, Value } from '@/meta/Value';
import { ratio } from '@/ui/decimal';
import { Bar, State } from '@/ui/parts';
import { useChain } from './links';
import { type Progress, type Stage, stagesOf } from './stages';
import './tracker.css';

export interface TrackerProps {
  entity: Entity;
  row: Row;
  total: string; // the field that holds what is to be paid
}

const icon = { done: Check, doing: Loader, waiting: CircleDashed, none: Minus };

// Tracker shows how an order, or the deal that it came from, is fulfilled: what is done, what runs, what is late and why.
export function Tracker({ entity, row, total }: TrackerProps) {
  const { t } = useTranslation();
  const { data: links } = useChain(entity, row);
  const order = links?.find((l) => l.entity.name === 'sales.order')?.rows[0];
  const held = (entity.name === 'sales.order' ? row : order)?.status === 'pending_approval'; // nobody knows yet what it takes
  const stages = stagesOf(links ?? []);
  const progress = (s: Stage): Progress => {
    if (held) return s.progress === 'none' ? 'waiting' : s.progress;
    if (s.key === 'ship' && row.delivery_status === 'shipped') return 'done';
    if (s.key === 'ship' && row.delivery_status === 'partial') return 'doing';
    if (s.key === 'bill' && row.invoice_status === 'invoiced') return 'done';
    if (s.key === 'bill' && row.invoice_status === 'partial') return 'doing';
    if (s.key === 'pay' && row.payment_status === 'paid') return 'done';
    if (s.key === 'pay' && row.payment_status === 'partial') return 'doing';
    if ((s.key === 'ship' || s.key === 'bill' || s.key === 'pay') && s.progress === 'none') return 'waiting';
    return s.progress;
  };
  return (
    <section className="card tracker" aria-label={t('tracker.title')}>
      <Dates entity={entity} row={row} />
      <ol>
        {stages
          .filter((s) => s.key !== 'project' || s.all > 0)
          .map((s) => (
            <Step key={s.key} stage={s} progress={progress(s)} />
          ))}
      </ol>
      <div className="tracker-bars">
        <Measure
          label={t('tracker.delivered')}
          entity={entity}
          row={row}
          field="delivery_progress"
          percent={Number(row.delivery_progress ?? 0)}
        />
        <Measure
          label={t('tracker.collected')}
          entity={entity}
          row={row}
          field="collected_amount"
          percent={ratio(String(row.collected_amount ?? '0'), String(row[total] ?? '0')) * 100}
        />
      </div>
      <Waits entity={entity} row={row} order={order} />
    </section>
  );
}

function Dates({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const late = Number(row.late_days ?? 0);
  const date = (name: string, label: string) => {
    const f = fieldOf(entity, name);
    return f && row[name] ? (
      <span>
        <span className="muted">{label}</span> <Value field={f} row={row} />
      </span>
    ) : null;
  };
  return (
    <div className="tracker-dates">
      {date('requested_date', t('tracker.requested'))}
      {date('promised_date', t('tracker.promised'))}
      {late > 0 ? (
        <State tone="red">{t('tracker.late', { n: late })}</State>
      ) : (
        !!row.promised_date && <State tone="green">{t('tracker.on_time')}</State>
      )}
      {late > 0 && typeof row.late_because === 'string' && row.late_because && (
        <span className="tracker-why">{t('tracker.because', { why: row.late_because })}</span>
      )}
    </div>
  );
}

function Step({ stage, progress }: { stage: Stage; progress: Progress }) {
  const { t } = useTranslation();
  const Icon = stage.late ? TriangleAlert : icon[progress];
  const inner = (
    <>
      <span className={`tracker-dot is-${stage.late ? 'late' : progress}`}>
        <Icon size={13} strokeWidth={2.25} aria-hidden="true" />
      </span>
      <span className="tracker-text">
        <b>{t(`tracker.${stage.key}`)}</b>
        <span className="muted">
          {stage.all > 1 ? t('tracker.count', { done: stage.done, all: stage.all }) : t(`tracker.${progress}`)}
        </span>
        {stage.late > 0 && <span className="wrong">{t('tracker.late_docs', { n: stage.late })}</span>}
      </span>
    </>
  );
  return (
    <li className={`is-${progress}`}>
      {stage.first ? <Link to={`/${stage.first.path}/${stage.first.id}` as '/'}>{inner}</Link> : <span>{inner}</span>}
    </li>
  );
}

interface MeasureProps {
  label: string;
  entity: Entity;
  row: Row;
  field: string;
  percent: number;
}

function Measure({ label, entity, row, field, percent }: MeasureProps) {
  const f = fieldOf(entity, field);
  if (!f && !isDenied(row, field)) return null;
  const denied = isDenied(row, field);
  return (
    <div>
      <span className="muted">{label}</span>
      {!denied && field !== 'delivery_progress' && <Bar percent={percent} />}
      <Value field={f ?? { name: field, label, kind: 'amount', class: '', edit: false }} row={row} />
    </div>
  );
}

// Waits says whose approval an order waits for.
function Waits({ entity, row, order }: { entity: Entity; row: Row; order: Row | undefined }) {
  const { t } = useTranslation();
  const approvals = useMeta().named('approval');
  const record = entity.name === 'sales.order' ? row : order;
  const on = !!approvals && record?.status === 'pending_approval';
  const { data } = useList('approvals', { record_id: record?.id, status: 'pending', limit: 1 }, on);
  if (!on) return null;
  const [approval] = data?.data ?? [];
  const steps = (approval?.steps as Row[] | undefined) ?? [];
  const roles = steps.filter((s) => s.status === 'active').flatMap((s) => (Array.isArray(s.roles) ? (s.roles as string[]) : []));
  const who = [...new Set(roles)].map((r) => t(`role.${r}`, { defaultValue: r })).join(' / ');
  return (
    <p className="notice tone-amber">
      <Clock size={16} aria-hidden="true" />
      <span>
        {who ? t('tracker.approval_by', { who }) : t('tracker.approval')}
        {approval && approvals && (
          <>
            {' · '}
            <Link to={`/${approvals.path}/${approval.id}` as '/'}>{String(approval[`label_${lang()}`] ?? approvals.label)}</Link>
          </>
        )}
      </span>
    </p>
  );
}
