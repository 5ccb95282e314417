import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { useCredit } from '@/data/credit';
import type { RecordProps } from '@/data/feature';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { compare, isZero, minus } from '@/ui/decimal';
import { money } from '@/ui/format';
import { Denied } from '@/ui/parts';
import './crm.css';

// What belongs to a customer, the newest first: which records, by which order, and the fields to show of each.
const kinds: { entity: string; sort: string; fields: string[]; filter?: Record<string, string> }[] = [
  { entity: 'crm.contact', sort: '-updated_at', fields: ['position', 'phone'] },
  { entity: 'crm.opportunity', sort: '-updated_at', fields: ['expected_amount', 'status'] },
  { entity: 'sales.quotation', sort: '-date', fields: ['total_amount', 'status'] },
  { entity: 'sales.order', sort: '-order_date', fields: ['total_amount', 'delivery_status', 'status'] },
  { entity: 'inventory.delivery', sort: '-updated_at', fields: ['requested_date', 'status'] },
  { entity: 'finance.invoice', sort: '-date', fields: ['due_date', 'residual_amount', 'status'] },
  { entity: 'finance.payment', sort: '-date', fields: ['date', 'amount', 'status'] },
  { entity: 'projects.project', sort: '-updated_at', fields: ['progress', 'health', 'status'] },
  { entity: 'crm.service_case', sort: '-updated_at', fields: ['priority', 'status'] },
  { entity: 'crm.activity', sort: '-updated_at', fields: ['due_date', 'status'] },
];

// Customer360 is all that there is about a customer on one screen: credit and open amounts, then people, deals, orders, deliveries, money, projects and cases.
export default function Customer360({ row }: RecordProps) {
  const meta = useMeta();
  return (
    <>
      <Credit row={row} />
      <div className="customer-all">
        {kinds.map((k) => {
          const of = meta.named(k.entity);
          return of && fieldOf(of, 'customer_id') ? (
            <Some key={k.entity} of={of} id={row.id} sort={k.sort} fields={k.fields} />
          ) : null;
        })}
      </div>
    </>
  );
}

// Credit is how much of a customer's credit is used, as far as one may see it.
function Credit({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { limit, open, overdue } = useCredit(row);
  const number = (label: string, value: React.ReactNode) => (
    <div>
      <span className="muted">{label}</span>
      <b>{value ?? <Denied />}</b>
    </div>
  );
  return (
    <div className="customer-numbers" role="group" aria-label={t('crm:credit')}>
      {number(t('crm:limit'), limit && (isZero(limit) ? t('crm:no_limit') : money(limit)))}
      {number(t('crm:open_amount'), open && money(open))}
      {number(
        t('crm:overdue_amount'),
        overdue && <span className={isZero(overdue) ? undefined : 'wrong'}>{money(overdue)}</span>,
      )}
      {limit &&
        open &&
        !isZero(limit) &&
        number(
          t('crm:left'),
          <span className={compare(open, limit) > 0 ? 'wrong' : undefined}>{money(minus(limit, open))}</span>,
        )}
    </div>
  );
}

function Some({ of, id, sort, fields }: { of: Entity; id: string; sort: string; fields: string[] }) {
  const { t } = useTranslation();
  const order = fieldOf(of, sort.replace('-', '')) ? sort : '-updated_at';
  const { data, isPending } = useList(of.path, { customer_id: id, sort: order, limit: 4, count: true });
  const shown = fields.flatMap((n) => fieldOf(of, n) ?? []);
  const rows = data?.data ?? [];
  return (
    <section aria-label={of.plural ?? of.label}>
      <h3>
        {of.plural ?? of.label}
        <span className="grow" />
        {(data?.total ?? 0) > rows.length && (
          <Link to={`/${of.path}` as '/'} search={{ customer_id: id } as never}>
            {t('crm:see_all', { n: data?.total })}
          </Link>
        )}
      </h3>
      {!isPending && rows.length === 0 && <p className="muted none">{t('crm:none')}</p>}
      {rows.map((r) => (
        <Link key={r.id} className="mini" to={`/${of.path}/${r.id}` as '/'}>
          <span className="clip title">{titleOf(of, r)}</span>
          {shown.map((f) => (
            <span key={f.name} className="more">
              <Value field={f} row={r} />
            </span>
          ))}
        </Link>
      ))}
    </section>
  );
}
