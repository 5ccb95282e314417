import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Ref } from '@/data/Ref';
import type { Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { Bar } from '@/ui/parts';
import { lacks } from './shortage';

// OrderCard tells of an order what is made, how much of it is done, until when, and whether it lacks something.
export function OrderCard({ row, today }: { row: Row; today: string }) {
  const { t } = useTranslation();
  const over = row.status === 'done' || row.status === 'cancelled';
  const short = over ? 0 : lacks(row).length;
  const due = String(row.due_date ?? '');
  return (
    <>
      <div className="clip">
        <Ref to="inventory.product" id={row.product_id} link={false} />
      </div>
      <div className="kanban-facts">
        <b>
          {row.status === 'in_progress' ? `${group(String(row.done_quantity))} / ` : ''}
          {group(String(row.quantity))}
        </b>
        {row.status === 'in_progress' && <Bar percent={Number(row.progress ?? 0)} />}
        <span className="grow" />
        {short > 0 && (
          <span className="short" title={t('production:short_n', { n: short })}>
            <TriangleAlert size={13} aria-hidden="true" />
            {t('production:short_n', { n: short })}
          </span>
        )}
        {due && (
          <span className={!over && due < today ? 'wrong' : 'muted'} title={t('production:due', { date: due })}>
            {due.slice(5)}
          </span>
        )}
      </div>
    </>
  );
}
