import { useNavigate, useSearch } from '@tanstack/react-router';
import { Factory } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useGrowing, useList } from '@/api/records';
import { More } from '@/data/More';
import { Ref } from '@/data/Ref';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { today } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Bar, Empty, Skeleton, State } from '@/ui/parts';
import { Job } from './Job';
import { lacks, openOf } from './shortage';
import './production.css';

const operationsOf = (o: Row) => (o.operations as Row[] | undefined) ?? [];

// Floor is for whoever stands at a machine: what is to be made here, one order at a time, with buttons that a glove can hit.
export default function Floor() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const meta = useMeta();
  const entity = meta.named('production.production_order');
  const search = useSearch({ strict: false }) as { order?: string; at?: string };
  const list = useGrowing(
    'production/production_orders',
    { 'status[in]': 'released,in_progress', sort: 'due_date' },
    200,
    !!entity,
  );
  const centers = useList(
    'production/work_centers',
    { active: true, sort: 'code', limit: 100 },
    !!meta.named('production.work_center'),
  );
  const set = (change: object) => void navigate({ to: '.', search: { ...search, ...change }, replace: true } as never);
  const orders = list.rows;
  const here = search.at ? orders.filter((o) => operationsOf(o).some((op) => op.work_center_id === search.at)) : orders;
  if (!entity) return <Page title={t('production:floor')}>{null}</Page>;
  if (search.order) return <Job key={search.order} entity={entity} id={search.order} onBack={() => set({ order: undefined })} />;
  const busy = (centers.data?.data ?? []).filter((c) =>
    orders.some((o) => operationsOf(o).some((op) => op.work_center_id === c.id)),
  );
  return (
    <Page title={t('production:floor')} padded>
      <div className="floor">
        {busy.length > 0 && (
          <div className="floor-centers" role="group" aria-label={t('production:centers')}>
            <button type="button" aria-pressed={!search.at} onClick={() => set({ at: undefined })}>
              {t('production:everywhere')}
            </button>
            {busy.map((c) => (
              <button key={c.id} type="button" aria-pressed={search.at === c.id} onClick={() => set({ at: c.id })}>
                {String(c.name)}
              </button>
            ))}
          </div>
        )}
        {list.error ? (
          <Empty title={list.error.message} />
        ) : list.isPending ? (
          <Skeleton rows={6} />
        ) : here.length === 0 ? (
          <Empty icon={Factory} title={t('production:floor_none')}>
            {t('production:floor_none_hint')}
          </Empty>
        ) : (
          <ul className="floor-orders">
            {here.map((o) => (
              <li key={o.id}>
                <Card order={o} onOpen={() => set({ order: o.id })} />
              </li>
            ))}
          </ul>
        )}
        <More list={list} />
      </div>
    </Page>
  );
}

function Card({ order, onOpen }: { order: Row; onOpen: () => void }) {
  const { t } = useTranslation();
  const due = String(order.due_date ?? '');
  const short = lacks(order).length;
  return (
    <button type="button" className="card" onClick={onOpen}>
      <span className="ref">
        <b>{String(order.no)}</b>
        <span className="grow" />
        <State tone={order.status === 'in_progress' ? 'green' : 'blue'}>
          {t(order.status === 'in_progress' ? 'production:doing' : 'production:ready')}
        </State>
      </span>
      <strong className="clip">
        <Ref to="inventory.product" id={order.product_id} link={false} />
      </strong>
      <span className="ref">
        <span>{t('production:to_make', { n: group(openOf(order)), of: group(String(order.quantity)) })}</span>
        <Bar percent={Number(order.progress ?? 0)} />
      </span>
      <span className="ref">
        <span className={due && due < today() ? 'wrong' : 'muted'}>{due && t('production:due', { date: due })}</span>
        <span className="grow" />
        {short > 0 && <State tone="amber">{t('production:short_n', { n: short })}</State>}
      </span>
    </button>
  );
}
