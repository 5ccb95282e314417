import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { isZero } from '@/ui/decimal';
import { today } from '@/ui/format';
import { State } from '@/ui/parts';
import './inventory.css';

const has = (r: Row) => ((r.lines as Row[] | undefined) ?? []).some((l) => !isZero(String(l.quantity)));

// Today is what a storekeeper has to do: what comes, what must go, what is late.
export default function Today() {
  const meta = useMeta();
  return (
    <div className="today">
      {meta.named('inventory.receipt') && (
        <Queue action="receive" path="inventory/receipts" states="waiting" date="expected_date" to="/inventory/receiving" />
      )}
      {meta.named('inventory.delivery') && (
        <Queue action="ship" path="inventory/deliveries" states="ready" date="requested_date" to="/inventory/shipping" />
      )}
    </div>
  );
}

function Queue(p: { action: string; path: string; states: string; date: string; to: string }) {
  const { t } = useTranslation();
  const { data } = useList(p.path, { 'status[in]': p.states, sort: p.date, limit: 50 });
  const rows = (data?.data ?? []).filter(has);
  const now = today();
  const late = rows.filter((r) => String(r[p.date] ?? '9') < now).length;
  return (
    <section>
      <h3>
        <Link to={p.to as '/'}>{t(`inventory:${p.action}.title`)}</Link>
        <span className="muted">{rows.length}</span>
        {late > 0 && <State tone="red">{t('inventory:late_n', { n: late })}</State>}
      </h3>
      {rows.length === 0 && <p className="muted none">{t(`inventory:${p.action}.none`)}</p>}
      <ul>
        {rows.slice(0, 5).map((r) => (
          <li key={r.id}>
            <Link to={p.to as '/'} search={{ doc: r.id } as never} className="today-row">
              <b>{String(r.no)}</b>
              <span className="muted">{String(r.purchase_order_no ?? r.order_no ?? '')}</span>
              <span className="grow" />
              <span className={String(r[p.date] ?? '9') < now ? 'wrong' : 'muted'}>{String(r[p.date] ?? '')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
