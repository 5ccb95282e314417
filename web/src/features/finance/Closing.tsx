import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { CalendarCheck, Lock, LockKeyhole, LockOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { newKey, useAct, useList } from '@/api/records';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { today } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import './finance.css';

// Closing shows the years and their months: what is open, what is locked, what still lies in drafts. Here they are locked and opened again.
export default function Closing() {
  const { t } = useTranslation();
  const meta = useMeta();
  const years = meta.named('finance.fiscal_year');
  const list = useList(years?.path ?? '', { sort: '-start_date', limit: 20 }, !!years);
  const rows = list.data?.data ?? [];
  return (
    <Page title={t('finance:closing')} padded>
      {list.isPending ? (
        <Skeleton />
      ) : rows.length === 0 || !years ? (
        <Empty icon={CalendarCheck} title={t('finance:no_years')}>
          {t('finance:no_years_hint')}
        </Empty>
      ) : (
        <div className="stack">
          {rows.map((y) => (
            <Year key={y.id} entity={years} row={y} />
          ))}
        </div>
      )}
    </Page>
  );
}

function Year({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const periods = useMeta().named('finance.period');
  const { data } = useList(periods?.path ?? '', { fiscal_year_id: row.id, sort: 'start_date', limit: 60 }, !!periods);
  const state = fieldOf(entity, 'status');
  return (
    <section className="card" aria-label={String(row.name)}>
      <header>
        <h2>{t('finance:year', { name: row.name })}</h2>
        {state && <Value field={state} row={row} />}
        <span className="muted">
          {String(row.start_date)} – {String(row.end_date)}
        </span>
        <span className="grow" />
        <Acts entity={entity} row={row} hard={['close']} />
      </header>
      <ul className="periods">
        {periods && data?.data.map((p) => <Period key={p.id} entity={periods} row={p} />)}
        {data?.data.length === 0 && <li className="muted">{t('finance:no_periods')}</li>}
      </ul>
    </section>
  );
}

const icons = { open: LockOpen, soft: Lock, closed: LockKeyhole, hard: LockKeyhole } as const;

function Period({ entity, row }: { entity: Entity; row: Row }) {
  const state = fieldOf(entity, 'status');
  const Icon = icons[row.status as keyof typeof icons] ?? LockOpen;
  const over = String(row.end_date) < today();
  return (
    <li className="period">
      <span className="match-line">
        <Icon size={14} aria-hidden="true" />
        <b>{String(row.name)}</b>
        <span className="grow" />
        {state && <Value field={state} row={row} />}
      </span>
      {row.status === 'open' && over && <Drafts row={row} />}
      <span className="period-acts">
        <Acts entity={entity} row={row} hard={['hard_lock']} />
      </span>
    </li>
  );
}

const drafts = ['finance.entry', 'finance.invoice', 'finance.bill', 'finance.payment'];

// Drafts names what is not posted yet of a month that is over: it would have to be dated later once the month is locked.
function Drafts({ row }: { row: Row }) {
  const meta = useMeta();
  return (
    <span className="period-drafts">
      {drafts.flatMap((name) => {
        const e = meta.named(name);
        return e ? [<Count key={name} entity={e} row={row} />] : [];
      })}
    </span>
  );
}

function Count({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const filter = { status: 'draft', 'date[gte]': String(row.start_date), 'date[lte]': String(row.end_date) };
  const { data } = useList(entity.path, { ...filter, limit: 1, count: true, fields: 'id' });
  if (!data?.total) return null;
  return (
    <Link to={`/${entity.path}` as '/'} search={filter as never}>
      {t('finance:drafts', { n: data.total, what: entity.label })}
    </Link>
  );
}

function Acts({ entity, row, hard }: { entity: Entity; row: Row; hard: string[] }) {
  const { t } = useTranslation();
  const act = useAct(entity);
  const allowed = (entity.actions ?? []).filter((a) => !a.from || a.from.includes(String(row.status)));
  const run = (action: string) =>
    act
      .mutateAsync({ id: row.id, action, key: newKey() })
      .then((r) => (r.parked ? say.info(t('finance:parked')) : say.success(t('finance:changed', { name: row.name }))))
      .catch((e) => say.error(isProblem(e) ? e.message : String(e)));
  const choose = (name: string, label: string) => {
    if (!hard.includes(name)) return void run(name);
    ask({
      title: t('finance:sure', { what: label, name: row.name }),
      content: t(`finance:sure_${name}`),
      okText: label,
      onOk: () => run(name),
    });
  };
  return (
    <>
      {allowed.map((a) => (
        <Button
          key={a.name}
          size="small"
          danger={a.name === 'hard_lock'}
          disabled={act.isPending}
          onClick={() => choose(a.name, a.label)}
        >
          {a.label}
        </Button>
      ))}
    </>
  );
}
