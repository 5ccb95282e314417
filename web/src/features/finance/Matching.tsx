import { useNavigate, useSearch } from '@tanstack/react-router';
import { HandCoins } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useGrowing, useRecord } from '@/api/records';
import { More } from '@/data/More';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { money } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { Allocate } from './Allocate';
import { Settled } from './Settled';
import './finance.css';

type Search = { payment?: string; show?: string };

// Matching puts money to what it was paid for: payments at the left, one of them with the documents of its party at the right.
export default function Matching() {
  const { t } = useTranslation();
  const meta = useMeta();
  const entity = meta.named('finance.payment') as Entity;
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const done = search.show === 'done';
  const set = (s: Search) => void navigate({ to: '.', search: s, replace: true } as never);
  const list = useGrowing(entity.path, {
    ...(done ? { status: 'posted', unmatched_amount: '0' } : { 'unmatched_amount[gt]': '0', 'status[in]': 'draft,posted' }),
    sort: '-date',
  });
  const rows = list.rows;
  const id = search.payment ?? rows[0]?.id;
  const chosen = useRecord(entity.path, id);
  return (
    <Page
      title={t('finance:matching')}
      beside={list.data && <span className="muted">{t('finance:payments', { n: list.total ?? rows.length })}</span>}
      actions={
        <div className="segments" role="group" aria-label={t('finance:which')}>
          <button type="button" aria-pressed={!done} onClick={() => set({})}>
            {t('finance:to_match')}
          </button>
          <button type="button" aria-pressed={done} onClick={() => set({ show: 'done' })}>
            {t('finance:matched')}
          </button>
        </div>
      }
    >
      {list.isPending ? (
        <Skeleton />
      ) : rows.length === 0 && !search.payment ? (
        <Empty icon={HandCoins} title={t('finance:all_matched')}>
          {t('finance:all_matched_hint')}
        </Empty>
      ) : (
        <div className="matching">
          <ul className="match-payments" aria-label={entity.label}>
            {rows.map((r) => (
              <li key={r.id}>
                <PaymentItem entity={entity} row={r} now={r.id === id} onChoose={() => set({ ...search, payment: r.id })} />
              </li>
            ))}
            <li>
              <More list={list} />
            </li>
          </ul>
          {chosen.data ? (
            <div className="match-desk">
              <Allocate key={`${chosen.data.id}.${chosen.data.version}`} entity={entity} payment={chosen.data} />
              <Settled entity={entity} payment={chosen.data} />
            </div>
          ) : (
            <Skeleton />
          )}
        </div>
      )}
    </Page>
  );
}

function PaymentItem({ entity, row, now, onChoose }: { entity: Entity; row: Row; now: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  const party = fieldOf(entity, row.vendor_id ? 'vendor_id' : 'customer_id');
  const direction = fieldOf(entity, 'direction');
  return (
    <button type="button" className="match-payment" aria-pressed={now} onClick={onChoose}>
      <span className="match-line">
        <b className="clip grow">{party && <Value field={party} row={row} />}</b>
        <b className="num">{money(String(row.unmatched_amount), String(row.currency))}</b>
      </span>
      <span className="match-line muted">
        <span className="clip grow">{row.no ? String(row.no) : t('finance:draft')}</span>
        {String(row.date)}
      </span>
      <span className="clip muted">
        {direction && <Value field={direction} row={row} />}
        {!!row.memo && ` · ${row.memo}`}
      </span>
    </button>
  );
}
