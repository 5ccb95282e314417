import { Button } from 'antd';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import type { Total } from '@/api/records';
import { ActionDialog } from '@/data/ActionDialog';
import { type BoardAsk, type BoardColumn, type Stack, short, stacksOf, sumsOf, useBoard, useColumns } from '@/data/board';
import { Kanban } from '@/data/Kanban';
import { useListState } from '@/data/query';
import { useBeside } from '@/data/RecordDrawer';
import { useEdit } from '@/data/useEdit';
import { mayEdit } from '@/meta/access';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Action, Entity, Row } from '@/meta/types';
import { times } from '@/ui/decimal';
import { today } from '@/ui/format';
import { useGo } from '@/ui/go';
import { composing, useHotkeys } from '@/ui/hotkeys';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { DealCard } from './DealCard';
import './crm.css';

// What deals bring, and what of it is likely: sums are told apart by probability.
const muchOf = (entity: Entity): BoardAsk =>
  fieldOf(entity, 'expected_amount') && fieldOf(entity, 'probability') ? { sum: 'expected_amount', by: ['probability'] } : {};
const weightedOf = (totals: Total[]) =>
  short(sumsOf(totals, 'expected_amount', (t, amount) => times(amount, String(t.probability ?? '0'), '0.01')));

// Pipeline is the board of deals by stage. A deal that is dropped on "won" shows all that the win makes happen before it does.
export default function Pipeline() {
  const { t } = useTranslation();
  const entity = useMeta().named('crm.opportunity');
  return entity ? <Deals entity={entity} /> : <Page title={t('crm:pipeline')}>{null}</Page>;
}

function useDeals(entity: Entity, filters: Record<string, string>) {
  const { t } = useTranslation();
  const much = muchOf(entity);
  const stage = fieldOf(entity, 'stage');
  const status = fieldOf(entity, 'status');
  const stages = useColumns(stage);
  const ends: BoardColumn[] = [
    { value: 'won', label: t('crm:won'), tone: 'green' },
    { value: 'lost', label: t('crm:lost'), tone: 'red' },
  ];
  const open = useBoard(entity, stage, { sort: 'close_date', ...filters, status: 'open' }, stages, much);
  const over = useBoard(entity, status, { sort: '-updated_at', ...filters }, ends, { limit: 20, ...much });
  const alive = open.rows.filter((r) => r.status === 'open');
  const stacks = [
    ...stacksOf(stages, alive, 'stage', open.totals, much.sum),
    ...stacksOf(ends, [...over.rows, ...open.rows.filter((r) => r.status !== 'open')], 'status', over.totals, much.sum),
  ];
  return {
    ends,
    stacks,
    open,
    rows: [...open.rows, ...over.rows],
    more: (c: BoardColumn) => (ends.some((e) => e.value === c.value) ? over : open).more(c),
  };
}

function Deals({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const go = useGo();
  const me = useMe();
  const narrow = useNarrow();
  const [state, set] = useListState();
  const owner = state.filters.find((f) => f.field === 'owner_id')?.value;
  const deals = useDeals(entity, { ...(owner ? { owner_id: owner } : {}), ...(state.q ? { q: state.q } : {}) });
  const [doing, setDoing] = useState<{ row: Row; action: Action }>();
  const beside = useBeside(entity, deals.rows);
  const edit = useEdit(entity);
  const create = () => go(`/${entity.path}/new`);
  useHotkeys({ c: () => entity.create && create() });
  const act = (row: Row, name: string) => {
    const action = entity.actions?.find((a) => a.name === name);
    if (action) setDoing({ row, action });
  };
  const move = (row: Row, to: BoardColumn) => {
    if (row.status === 'won') say.info(t('crm:won_stays'));
    else if (to.value === 'won') act(row, 'win');
    else if (to.value === 'lost') act(row, 'lose');
    else if (row.status === 'lost') act(row, 'reopen');
    else {
      const stage = fieldOf(entity, 'stage');
      if (stage && mayEdit(stage, row)) edit(row, stage, to.value);
    }
  };
  const count = deals.open.totals.reduce((n, total) => n + total.count, 0);
  return (
    <Page
      title={t('crm:pipeline')}
      beside={
        !narrow && (
          <span className="muted">
            {t('crm:open_total', {
              n: count,
              sum: short(sumsOf(deals.open.totals, 'expected_amount')),
              weighted: weightedOf(deals.open.totals),
            })}
          </span>
        )
      }
      actions={
        <>
          <div className="segments" role="group" aria-label={t('crm:whose')}>
            <button type="button" aria-pressed={!owner} onClick={() => set({ filters: [] })}>
              {t('crm:everyone')}
            </button>
            <button
              type="button"
              aria-pressed={owner === me?.id}
              onClick={() => set({ filters: [{ field: 'owner_id', op: 'eq', value: me?.id ?? '' }] })}
            >
              {t('crm:mine')}
            </button>
          </div>
          {!narrow && <Find value={state.q} onChange={(q) => set({ q })} />}
          {entity.create && (
            <Button type="primary" icon={<Plus size={15} />} onClick={create}>
              {t('create')}
            </Button>
          )}
        </>
      }
    >
      {deals.open.pending && deals.rows.length === 0 ? (
        <Skeleton rows={12} />
      ) : deals.open.error && deals.rows.length === 0 ? (
        <Empty title={deals.open.error.message} />
      ) : (
        <Kanban
          entity={entity}
          label={t('crm:pipeline')}
          stacks={deals.stacks}
          onMove={move}
          zones={deals.ends}
          onOpen={beside.open}
          onMore={deals.more}
          card={(r) => <DealCard entity={entity} row={r} today={today()} />}
          foot={(s) => <Sum stack={s} />}
        />
      )}
      {doing && <ActionDialog entity={entity} {...doing} onClose={() => setDoing(undefined)} />}
      {beside.drawer}
    </Page>
  );
}

function Sum({ stack }: { stack: Stack }) {
  const { t } = useTranslation();
  if (!stack.sums?.length) return null;
  return (
    <span className="kanban-sum" title={t('crm:weighted', { sum: weightedOf(stack.totals) })}>
      {short(stack.sums)}
    </span>
  );
}

function Find({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useHotkeys({ '/': () => input.current?.focus() });
  const later = (q: string, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(q), wait);
  };
  return (
    <input
      ref={input}
      type="search"
      className="input pipeline-find"
      aria-label={t('crm:search')}
      placeholder={t('crm:search')}
      defaultValue={value}
      onCompositionEnd={(e) => later(e.currentTarget.value.trim(), 0)}
      onChange={(e) => !composing(e as never) && later(e.target.value.trim(), 250)}
    />
  );
}
