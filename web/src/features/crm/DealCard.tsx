import { useTranslation } from 'react-i18next';
import { useTitle } from '@/api/titles';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { isDenied, Value } from '@/meta/Value';
import { shortMoney } from '@/ui/format';
import { Avatar, Bar, Denied, State } from '@/ui/parts';

// DealCard tells of a deal who buys, how much, how likely and until when; of a won one how far it is delivered.
export function DealCard({ entity, row, today }: { entity: Entity; row: Row; today: string }) {
  const { t } = useTranslation();
  const who = useTitle(useMeta().named('user'), 'id', typeof row.owner_id === 'string' ? row.owner_id : undefined);
  const customer = fieldOf(entity, 'customer_id');
  const date = typeof row.close_date === 'string' ? row.close_date : undefined;
  const past = row.status === 'open' && date !== undefined && date < today;
  const late = Number(row.late_days ?? 0);
  return (
    <>
      {customer && !!row.customer_id && (
        <div className="muted clip">
          <Value field={customer} row={row} />
        </div>
      )}
      <div className="kanban-facts">
        {isDenied(row, 'expected_amount') ? (
          <Denied />
        ) : (
          <b>{shortMoney(String(row.expected_amount ?? '0'), String(row.currency || 'CNY'))}</b>
        )}
        {row.status === 'open' && <span>{Number(row.probability)}%</span>}
        <span className="grow" />
        {who && (
          <span title={who}>
            <Avatar name={who} />
            <span className="sr">{who}</span>
          </span>
        )}
        {date && row.status === 'open' && (
          <span className={past ? 'wrong' : undefined} title={past ? t('crm:overdue') : t('crm:close_on', { date })}>
            {date.slice(5)}
          </span>
        )}
      </div>
      {row.status === 'won' && (
        <div className="kanban-facts">
          <Bar percent={Number(row.delivery_progress ?? 0)} />
          <span>{Math.round(Number(row.delivery_progress ?? 0))}%</span>
          <span className="grow" />
          {late > 0 && <State tone="red">{t('tracker.late', { n: late })}</State>}
        </div>
      )}
    </>
  );
}
