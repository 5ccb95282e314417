import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Check, FileCheck2, ShoppingCart } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { isProblem } from '@/api/problem';
import { newKey, settled, useGrowing, useList } from '@/api/records';
import { More } from '@/data/More';
import { actionsFor } from '@/meta/access';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { isDenied } from '@/meta/Value';
import { money } from '@/ui/format';
import { useOnce } from '@/ui/once';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { Drafts } from './Drafts';
import { grouped, sums } from './desk';
import { VendorGroup } from './VendorGroup';
import './purchasing.css';

interface Outcome {
  orders: string[];
  approved: number;
  parked: number;
  refused: { no: string; why: string }[];
}

// useWork approves requisitions and puts them on orders, one after the other: each has its own rights, approvals and reasons to be refused.
function useWork(entity: Entity) {
  const client = useQueryClient();
  const [busy, setBusy] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const act = async (r: Row, action: string) =>
    call<Row>('POST', `${entity.path}/${r.id}/${action}`, { body: {}, key: newKey() });
  const one = async (row: Row, order: boolean, out: Outcome) => {
    let now = row;
    if (now.status === 'draft') {
      const answer = await act(now, 'approve');
      if (answer.status === 202) {
        out.parked++;
        return;
      }
      now = answer.data;
      out.approved++;
    }
    if (!order) return;
    const answer = await act(now, 'order');
    if (answer.status === 202) out.parked++;
    else if (typeof answer.data.purchase_order_id === 'string' && !out.orders.includes(answer.data.purchase_order_id))
      out.orders.push(answer.data.purchase_order_id);
  };
  const run = useOnce(async (rows: Row[], order: boolean) => {
    const out: Outcome = { orders: [], approved: 0, parked: 0, refused: [] };
    setBusy(order ? 'order' : 'approve');
    setOutcome(undefined);
    for (const r of rows) {
      try {
        await one(r, order, out);
      } catch (e) {
        if (!isProblem(e)) throw e;
        out.refused.push({ no: String(r.no), why: e.fields[0]?.detail ? `${e.message} ${e.fields[0].detail}` : e.message });
      }
    }
    await settled(client, entity.path);
    setBusy('');
    setOutcome(out);
  });
  return { busy, outcome, run };
}

// Desk is where a buyer turns needs into orders: what is asked for by vendor, prices compared, chosen, approved and ordered.
export default function Desk() {
  const { t } = useTranslation();
  const entity = useMeta().named('purchasing.requisition');
  return entity ? <Requests entity={entity} /> : <Page title={t('purchasing:desk')}>{null}</Page>;
}

function Requests({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const list = useGrowing(entity.path, { 'status[in]': 'draft,approved', sort: 'need_by' }, 500);
  const rows = list.rows;
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const work = useWork(entity);
  const able = new Set(entity.actions?.map((a) => a.name));
  const mine = rows.filter((r) => chosen.has(r.id));
  const drafts = mine.filter((r) => r.status === 'draft');
  const ready = mine.filter(
    (r) => r.vendor_id && (r.status === 'approved' || (able.has('approve') && actionsFor(entity, r).length > 0)),
  );
  const choose = (ids: string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const run = (of: Row[], order: boolean) => void work.run(of, order).then(() => setChosen(new Set()));
  return (
    <Page
      title={t('purchasing:desk')}
      beside={
        rows.length > 0 && (
          <span className="muted">{t('purchasing:count', { n: rows.length, vendors: grouped(rows).length })}</span>
        )
      }
      padded
    >
      <div className="desk">
        {work.outcome && <Done of={work.outcome} />}
        {list.error ? (
          <Empty title={list.error.message} />
        ) : list.isPending ? (
          <Skeleton rows={8} />
        ) : rows.length === 0 ? (
          <Empty icon={FileCheck2} title={t('purchasing:none')}>
            {t('purchasing:none_hint')}
          </Empty>
        ) : (
          grouped(rows).map((g) => <VendorGroup key={g.vendor} entity={entity} group={g} chosen={chosen} onChoose={choose} />)
        )}
        <More list={list} />
        <Drafts />
      </div>
      {mine.length > 0 && (
        <div className="desk-bar" role="region" aria-label={t('purchasing:chosen', { n: mine.length })}>
          <b>{t('purchasing:chosen', { n: mine.length })}</b>
          <span className="muted">
            {mine.some((r) => isDenied(r, 'price'))
              ? ''
              : sums(mine)
                  .map(([currency, sum]) => money(sum, currency || undefined))
                  .join(' + ')}
          </span>
          <span className="grow" />
          {able.has('approve') && (
            <Button
              icon={<Check size={15} />}
              disabled={drafts.length === 0}
              loading={work.busy === 'approve'}
              onClick={() => run(drafts, false)}
            >
              {t('purchasing:approve', { n: drafts.length })}
            </Button>
          )}
          {able.has('order') && (
            <Button
              type="primary"
              icon={<ShoppingCart size={15} />}
              disabled={ready.length === 0}
              loading={work.busy === 'order'}
              onClick={() => run(ready, true)}
            >
              {t('purchasing:order', { n: ready.length })}
            </Button>
          )}
        </div>
      )}
    </Page>
  );
}

function Done({ of }: { of: Outcome }) {
  const { t } = useTranslation();
  const orders = useList(
    'purchasing/orders',
    { 'id[in]': of.orders.join(','), limit: 100, fields: 'id,no' },
    of.orders.length > 0,
  );
  const tone = of.refused.length ? 'amber' : 'green';
  return (
    <div className={`notice tone-${tone}`} role="status">
      <div>
        {of.orders.length > 0 && (
          <p>
            {t('purchasing:made', { n: of.orders.length })}{' '}
            {(of.orders.length ? (orders.data?.data ?? []) : []).map((o) => (
              <Link key={o.id} to={`/purchasing/orders/${o.id}` as '/'} className="desk-link">
                {String(o.no)}
              </Link>
            ))}
          </p>
        )}
        {of.orders.length === 0 && of.approved > 0 && <p>{t('purchasing:approved_n', { n: of.approved })}</p>}
        {of.parked > 0 && <p>{t('purchasing:parked', { n: of.parked })}</p>}
        {of.refused.map((r) => (
          <p key={r.no}>
            <b>{r.no}</b> {r.why}
          </p>
        ))}
      </div>
    </div>
  );
}
