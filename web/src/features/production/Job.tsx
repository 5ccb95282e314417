import { Check, PackageMinus, Timer, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useAct, useRecord } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Ref } from '@/data/Ref';
import { actionsFor } from '@/meta/access';
import { fieldOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { compare, group, isZero } from '@/ui/decimal';
import { useOnce } from '@/ui/once';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { Pad } from './Pad';
import { leftOf, materialsOf, missingOf, openOf } from './shortage';

type Way = 'issue' | 'complete' | 'scrap' | 'book';

// Job is one order at the machine: what goes in, what is done, and the buttons for it.
export function Job({ entity, id, onBack }: { entity: Entity; id: string; onBack: () => void }) {
  const { t } = useTranslation();
  const { data: order, error } = useRecord(entity.path, id);
  const status = fieldOf(entity, 'status');
  return (
    <Page
      title={order ? String(order.no) : t('production:floor')}
      beside={order && status && <Value field={status} row={order} />}
      back={onBack}
      padded
    >
      {error ? <Empty title={error.message} /> : order ? <Work entity={entity} order={order} /> : <Skeleton rows={8} />}
    </Page>
  );
}

function Work({ entity, order }: { entity: Entity; order: Row }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<{ way: Way; operation?: Row }>();
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const act = useAct(entity);
  const able = new Set(actionsFor(entity, order).map((a) => a.name));
  const materials = materialsOf(order);
  const open = openOf(order);
  const left = materials.some((m) => compare(leftOf(m), '0') > 0);
  const run = useOnce(async (action: string, input: Record<string, unknown>, said: string) => {
    setProblem(undefined);
    try {
      const done = await act.mutateAsync({ id: order.id, action, input, key: key.current });
      say.success(done.parked ? t('action.parked') : said);
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
      navigator.vibrate?.(200);
    }
    key.current = newKey();
  });
  const given = (n: string) => {
    const { way, operation } = asking ?? {};
    setAsking(undefined);
    if (way === 'complete') return run('complete', { quantity: n }, t('production:completed', { n: group(n) }));
    if (way === 'scrap') return run('complete', { quantity: '0', scrap: n }, t('production:scrapped', { n: group(n) }));
    return run('book', { operation_id: operation?.id, minutes: n }, t('production:booked', { n: group(n) }));
  };
  const labels = Object.fromEntries((entity.actions ?? []).flatMap((a) => (a.input ?? []).map((i) => [i.name, i.label])));
  return (
    <div className="job">
      <section className="card job-what">
        <h2>
          <Ref to="inventory.product" id={order.product_id} link={false} />
        </h2>
        <p>
          <b>{group(String(order.done_quantity ?? '0'))}</b>
          <span className="muted"> / {group(String(order.quantity))}</span>
        </p>
        <span className="muted">{order.due_date ? t('production:due', { date: String(order.due_date) }) : ''}</span>
        {!isZero(String(order.scrap_quantity ?? '0')) && (
          <State tone="red">{t('production:scrapped', { n: group(String(order.scrap_quantity)) })}</State>
        )}
      </section>
      {problem && <Mistakes problem={problem} labels={labels} />}
      {able.size > 0 && (
        <div className="job-buttons">
          {able.has('issue') && (
            <button
              type="button"
              className="job-issue"
              disabled={!left || act.isPending}
              onClick={() => void run('issue', {}, t('production:issued'))}
            >
              <PackageMinus size={28} aria-hidden="true" />
              {t(left ? 'production:issue' : 'production:all_issued')}
            </button>
          )}
          {able.has('complete') && (
            <>
              <button
                type="button"
                className="job-complete"
                disabled={act.isPending}
                onClick={() => setAsking({ way: 'complete' })}
              >
                <Check size={28} aria-hidden="true" />
                {t('production:complete')}
              </button>
              <button type="button" className="job-scrap" disabled={act.isPending} onClick={() => setAsking({ way: 'scrap' })}>
                <Trash2 size={28} aria-hidden="true" />
                {t('production:scrap')}
              </button>
            </>
          )}
        </div>
      )}
      {able.size === 0 && order.status === 'done' && (
        <Empty icon={Check} title={t('production:job_done')}>
          {t('production:job_done_hint')}
        </Empty>
      )}
      <section className="card">
        <header>
          <h2>{t('production:materials')}</h2>
        </header>
        <ul className="job-list">
          {materials.map((m) => (
            <li key={m.id}>
              <span className="clip grow">
                <Ref to="inventory.product" id={m.product_id} link={false} />
              </span>
              <span>
                {group(String(m.issued_quantity))} / {group(String(m.quantity))}
              </span>
              <State tone={isZero(leftOf(m)) ? 'green' : isZero(missingOf(m)) ? 'blue' : 'amber'}>
                {t(
                  isZero(leftOf(m)) ? 'production:is_issued' : isZero(missingOf(m)) ? 'production:at_hand' : 'production:lacking',
                  {
                    n: group(missingOf(m)),
                  },
                )}
              </State>
            </li>
          ))}
        </ul>
      </section>
      {((order.operations as Row[] | undefined) ?? []).length > 0 && (
        <section className="card">
          <header>
            <h2>{t('production:operations')}</h2>
          </header>
          <ul className="job-list">
            {((order.operations as Row[]) ?? []).map((op) => (
              <li key={op.id}>
                <span className="clip grow">{String(op.name)}</span>
                <span className="muted">
                  {t('production:minutes', { n: group(String(op.actual_minutes)), of: group(String(op.planned_minutes)) })}
                </span>
                {able.has('book') && (
                  <button type="button" className="job-small" onClick={() => setAsking({ way: 'book', operation: op })}>
                    <Timer size={18} aria-hidden="true" />
                    {t('production:book')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {asking && (
        <Pad
          title={t(`production:ask.${asking.way}`)}
          start={asking.way === 'complete' ? open : asking.way === 'book' ? String(asking.operation?.planned_minutes ?? '') : '1'}
          danger={asking.way === 'scrap'}
          ok={t(asking.way === 'scrap' ? 'production:scrap' : asking.way === 'book' ? 'production:book' : 'production:complete')}
          onDone={(n) => void given(n)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </div>
  );
}
