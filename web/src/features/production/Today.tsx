import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { Ref } from '@/data/Ref';
import { today } from '@/ui/format';
import { running } from './Board';
import { shortagesOf } from './shortage';
import './production.css';

// Today is what a planner looks at first: how much runs, what is late, what is missing, what waits to be released.
export default function Today() {
  const { t } = useTranslation();
  const { data } = useList('production/production_orders', { 'status[in]': running, sort: 'due_date', limit: 500 });
  const orders = data?.data ?? [];
  const late = orders.filter((o) => Number(o.late_days ?? 0) > 0);
  const begin = orders.filter((o) => o.status === 'planned' && String(o.start_date ?? '9') <= today());
  const short = shortagesOf(orders);
  const numbers: [string, number, object, boolean][] = [
    ['doing', orders.filter((o) => o.status === 'in_progress').length, {}, false],
    ['to_release', begin.length, {}, false],
    ['late', late.length, { as: 'centers' }, late.length > 0],
    ['short', short.length, { as: 'short' }, short.length > 0],
  ];
  const next = [...late, ...begin.filter((o) => !late.includes(o))].slice(0, 5);
  return (
    <div className="planner">
      <ul className="planner-numbers">
        {numbers.map(([key, n, search, bad]) => (
          <li key={key}>
            <Link to={'/production/board' as '/'} search={search as never}>
              <span className="muted">{t(`production:${key}`)}</span>
              <b className={bad ? 'wrong' : undefined}>{n}</b>
            </Link>
          </li>
        ))}
      </ul>
      {next.length === 0 ? (
        <p className="muted planning-none">{t('production:on_time')}</p>
      ) : (
        <ul>
          {next.map((o) => (
            <li key={o.id} className="planner-row">
              <Ref to="production.production_order" id={o.id} />
              <span className="clip muted grow">
                <Ref to="inventory.product" id={o.product_id} link={false} />
              </span>
              <span className={late.includes(o) ? 'wrong' : 'muted'}>{String(o.due_date ?? '')}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
