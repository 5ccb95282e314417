import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { newKey, useAct, useList } from '@/api/records';
import { Gantt } from '@/data/Gantt';
import { useBeside } from '@/data/RecordDrawer';
import { dateOf, dayOf } from '@/data/schedule';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { today } from '@/ui/format';
import { Empty } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { barsOf, type Load } from './bars';

// Schedule is what each work centre has to do and when. A bar that is dragged moves its order; what speaks against it is said, and may be overruled.
export function Schedule({ entity, orders }: { entity: Entity; orders: Row[] }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const centers = useList(
    'production/work_centers',
    { active: true, sort: 'code', limit: 200 },
    !!meta.named('production.work_center'),
  );
  const now = today();
  const loads = useList<Load>('production/work_center_days', { from: now, to: dateOf(dayOf(now) + 27) });
  const ids = [...new Set(orders.map((o) => String(o.product_id)))];
  const products = useList('inventory/products', { 'id[in]': ids.join(','), fields: 'id,name', limit: 500 }, ids.length > 0);
  const beside = useBeside(entity, orders);
  const act = useAct(entity);
  const movable = entity.actions?.find((a) => a.name === 'reschedule');
  const names = new Map(products.data?.data.map((p) => [p.id, String(p.name)]));
  const bars = barsOf(orders, centers.data?.data ?? [], loads.data?.data ?? [], {
    name: (o) => `${o.no} ${names.get(String(o.product_id)) ?? ''}`,
    center: (c, percent) => (percent === undefined ? String(c.name) : t('production:load', { name: String(c.name), percent })),
    other: t('production:no_center'),
    may: (o) => !!movable && !!movable.from?.includes(String(o.status)),
  });
  const move = async (order: Row, by: number, longer: number, force = false) => {
    const shifted = (d: unknown, days: number) => dateOf(dayOf(String(d)) + days);
    const dates = { start_date: shifted(order.start_date, by), due_date: shifted(order.due_date, by + longer) };
    const input = { ...dates, ...(force ? { force } : {}) };
    try {
      await act.mutateAsync({ id: order.id, action: 'reschedule', input, key: newKey() });
      say.success(t('production:moved', { no: String(order.no), from: input.start_date, to: input.due_date }));
    } catch (e) {
      if (!isProblem(e)) throw e;
      const why = e.fields.map((f) => f.detail).join(' ') || e.message;
      const known = e.fields.some((f) => f.reason.startsWith('production.'));
      if (force || !known) say.error(why);
      else
        ask({
          title: t('production:move_anyway', { no: String(order.no) }),
          content: why,
          okText: t('production:move'),
          cancelText: t('cancel'),
          onOk: () => move(order, by, longer, true),
        });
    }
  };
  if (orders.length === 0) return <Empty title={t('production:nothing')}>{t('production:nothing_hint')}</Empty>;
  const orderOf = (id: string) => orders.find((o) => id.startsWith(o.id));
  return (
    <>
      <Gantt
        bars={bars}
        label={t('production:centers')}
        zoom="day"
        onMove={(bar, start, end) => {
          const order = orderOf(bar.id);
          if (!order || !bar.start) return;
          const by = dayOf(start) - dayOf(bar.start);
          void move(order, by, dayOf(end) - dayOf(bar.end ?? bar.start) - by);
        }}
        onOpen={(bar) => {
          const order = orderOf(bar.id);
          if (order) beside.open(order);
        }}
      />
      {beside.drawer}
    </>
  );
}
