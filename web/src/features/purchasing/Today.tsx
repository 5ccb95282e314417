import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { Ref } from '@/data/Ref';
import { useMeta } from '@/meta/meta';
import { today } from '@/ui/format';
import './purchasing.css';

// Today is what a buyer has before them: what to agree to, what to order, what vendors owe and what comes too late.
export default function Today() {
  const { t } = useTranslation();
  const meta = useMeta();
  const asked = useList('purchasing/requisitions', { 'status[in]': 'draft,approved,ordered', sort: 'need_by', limit: 500 });
  const drafts = useList('purchasing/orders', { status: 'draft', limit: 1, count: true, fields: 'id' });
  const seesReceipts = !!meta.named('inventory.receipt');
  const due = useList(
    'inventory/receipts',
    { status: 'waiting', 'expected_date[lt]': today(), limit: 1, count: true, fields: 'id' },
    seesReceipts,
  );
  const rows = asked.data?.data ?? [];
  const late = rows.filter((r) => Number(r.late_days ?? 0) > 0);
  const numbers: { key: string; n: number | undefined; to: string; search?: object; bad?: boolean }[] = [
    { key: 'to_approve', n: rows.filter((r) => r.status === 'draft').length, to: '/purchasing/desk' },
    { key: 'to_order', n: rows.filter((r) => r.status === 'approved').length, to: '/purchasing/desk' },
    { key: 'to_confirm', n: drafts.data?.total, to: '/purchasing/orders', search: { status: 'draft' } },
    ...(seesReceipts
      ? [
          {
            key: 'overdue',
            n: due.data?.total,
            to: '/inventory/receipts',
            search: { status: 'waiting', 'expected_date[lt]': today() },
            bad: !!due.data?.total,
          },
        ]
      : []),
  ];
  return (
    <div>
      <ul className="buyer-numbers">
        {numbers.map((x) => (
          <li key={x.key}>
            <Link to={x.to as '/'} search={(x.search ?? {}) as never}>
              <span className="muted">{t(`purchasing:${x.key}`)}</span>
              <b className={x.bad ? 'wrong' : undefined}>{x.n ?? '–'}</b>
            </Link>
          </li>
        ))}
      </ul>
      {late.length === 0 ? (
        <p className="muted buyer-none">{t('purchasing:on_time')}</p>
      ) : (
        <ul>
          {late.slice(0, 5).map((r) => (
            <li key={r.id} className="buyer-row">
              <Ref to="purchasing.requisition" id={r.id} />
              <span className="clip muted grow">
                <Ref to="inventory.product" id={r.product_id} link={false} />
              </span>
              <span className="wrong">{t('purchasing:late', { n: Number(r.late_days) })}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
