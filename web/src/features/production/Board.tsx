import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { PackageX, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGrowing, useWhole } from '@/api/records';
import { ActionDialog } from '@/data/ActionDialog';
import { type BoardColumn, stacksOf, useBoard, useColumns } from '@/data/board';
import { Kanban } from '@/data/Kanban';
import { More } from '@/data/More';
import { useBeside } from '@/data/RecordDrawer';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { actionsFor } from '@/meta/access';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Action, Entity, Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { today } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { OrderCard } from './OrderCard';
import { Schedule } from './Schedule';
import { type Shortage, shortagesOf } from './shortage';
import './production.css';

const ways = ['board', 'centers', 'short'] as const;
const leads: Record<string, string> = { released: 'release', in_progress: 'issue', done: 'complete' };
export const running = 'planned,released,in_progress';

// Board is the planner's view of the shop floor: orders by state, by work centre over time, and what they lack.
export default function Board() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = useGo();
  const entity = useMeta().named('production.production_order');
  const { as } = useSearch({ strict: false }) as { as?: string };
  const way = ways.find((w) => w === as) ?? 'board';
  const list = useGrowing('production/production_orders', { 'status[in]': running, sort: 'start_date' }, 500);
  const orders = list.rows;
  if (!entity) return <Page title={t('production:board')}>{null}</Page>;
  const late = orders.filter((o) => Number(o.late_days ?? 0) > 0).length;
  const short = shortagesOf(orders);
  return (
    <Page
      title={t('production:board')}
      beside={late > 0 && <span className="wrong">{t('production:late_n', { n: late })}</span>}
      actions={
        <>
          <div className="segments" role="group" aria-label={t('production:as')}>
            {ways.map((w) => (
              <button
                key={w}
                type="button"
                aria-pressed={w === way}
                onClick={() => void navigate({ to: '.', search: { as: w }, replace: true } as never)}
              >
                {t(`production:ways.${w}`)}
                {w === 'short' && short.length > 0 && <span className="wrong">{short.length}</span>}
              </button>
            ))}
          </div>
          {entity.create && (
            <Button className="wide-only" type="primary" icon={<Plus size={15} />} onClick={() => go(`/${entity.path}/new`)}>
              {t('create')}
            </Button>
          )}
        </>
      }
    >
      {list.error ? (
        <Empty title={list.error.message} />
      ) : list.isPending ? (
        <Skeleton rows={10} />
      ) : way === 'board' ? (
        <States entity={entity} />
      ) : way === 'centers' ? (
        <Schedule entity={entity} orders={orders} />
      ) : (
        <Short rows={short} />
      )}
      {way !== 'board' && <More list={list} />}
    </Page>
  );
}

function States({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<{ row: Row; action: Action }>();
  const columns = useColumns(fieldOf(entity, 'status')).filter((c) => c.value !== 'cancelled');
  const open = useBoard(entity, fieldOf(entity, 'status'), { sort: 'due_date' }, columns.slice(0, -1));
  const done = useBoard(entity, fieldOf(entity, 'status'), { sort: '-due_date' }, columns.slice(-1), { limit: 20 });
  const rows = [...open.rows, ...done.rows];
  const beside = useBeside(entity, rows);
  const move = (row: Row, to: BoardColumn) => {
    const action = actionsFor(entity, row).find((a) => a.name === leads[to.value]);
    if (action) setDoing({ row, action });
    else say.warning(t('board.no_way', { column: to.label }));
  };
  if (open.pending && rows.length === 0) return <Skeleton rows={10} />;
  return (
    <>
      <Kanban
        entity={entity}
        label={t('production:board')}
        stacks={stacksOf(columns, rows, 'status', open.totals)}
        onMove={move}
        onOpen={beside.open}
        onMore={(c) => (c.value === columns.at(-1)?.value ? done : open).more(c)}
        card={(r) => <OrderCard row={r} today={today()} />}
      />
      {doing && <ActionDialog entity={entity} {...doing} onClose={() => setDoing(undefined)} />}
      {beside.drawer}
    </>
  );
}

// useSupplies is what is on its way for materials, by product: the last day on which some of it comes, undefined where nobody supplies it yet.
function useSupplies() {
  const on = !!useMeta().named('inventory.reservation');
  const params = { demand_entity: 'production.material', status: 'open', 'source[in]': 'supply,wait' };
  const { data } = useWhole('inventory/reservations', params, on);
  const by = new Map<string, { expected: string; waits: boolean }>();
  for (const r of data?.data ?? []) {
    const at = by.get(String(r.product_id)) ?? { expected: '', waits: false };
    const date = String(r.expected_date ?? '');
    by.set(String(r.product_id), { expected: date > at.expected ? date : at.expected, waits: at.waits || r.source === 'wait' });
  }
  return data ? by : undefined;
}

function Short({ rows }: { rows: Shortage[] }) {
  const { t } = useTranslation();
  const now = today();
  const supplies = useSupplies();
  const coming = (s: Shortage) => {
    const at = supplies?.get(s.id);
    if (!supplies) return null;
    if (!at || at.waits || !at.expected) return <State tone="red">{t('production:no_supply')}</State>;
    return (
      <State tone={s.need_by && at.expected > s.need_by ? 'amber' : 'blue'}>{t('production:comes', { date: at.expected })}</State>
    );
  };
  if (rows.length === 0)
    return (
      <Empty icon={PackageX} title={t('production:short_none')}>
        {t('production:short_none_hint')}
      </Empty>
    );
  return (
    <div className="short-list">
      <Sheet
        label={t('production:ways.short')}
        rows={rows}
        columns={[
          { key: 'product', label: t('production:material') },
          { key: 'quantity', label: t('production:missing'), end: true },
          { key: 'need_by', label: t('production:need_by') },
          ...(supplies ? [{ key: 'coming', label: t('production:supply_state') }] : []),
          { key: 'orders', label: t('production:waiting') },
        ]}
        cell={(key, s) => {
          if (key === 'product') return <Ref to="inventory.product" id={s.id} />;
          if (key === 'quantity') return group(s.quantity);
          if (key === 'coming') return coming(s);
          if (key === 'need_by') return <span className={s.need_by && s.need_by < now ? 'wrong' : undefined}>{s.need_by}</span>;
          return (
            <span className="ref">
              {s.orders.slice(0, 4).map((o) => (
                <Ref key={o.id} to="production.production_order" id={o.id} />
              ))}
              {s.orders.length > 4 && <span className="muted">{t('production:and_more', { n: s.orders.length - 4 })}</span>}
            </span>
          );
        }}
      />
    </div>
  );
}
