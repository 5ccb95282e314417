import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { newKey, useAct } from '@/api/records';
import { useTitle } from '@/api/titles';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { isZero } from '@/ui/decimal';
import { money } from '@/ui/format';
import { say } from '@/ui/talk';

const kinds = [
  ['invoice_id', 'finance.invoice'],
  ['bill_id', 'finance.bill'],
  ['credit_note_id', 'finance.credit_note'],
] as const;

// Settled is what a payment settles already; each may be taken back.
export function Settled({ entity, payment }: { entity: Entity; payment: Row }) {
  const { t } = useTranslation();
  const matches = (payment.matches as Row[] | undefined) ?? [];
  if (matches.length === 0 || payment.status !== 'posted') return null;
  return (
    <section className="card" aria-label={t('finance:settled')}>
      <header>
        <h2>{t('finance:settled')}</h2>
        <span className="muted">{payment.no ? String(payment.no) : ''}</span>
      </header>
      <ul className="match-items">
        {matches.map((m) => (
          <One key={m.id} entity={entity} payment={payment} match={m} />
        ))}
      </ul>
    </section>
  );
}

function One({ entity, payment, match }: { entity: Entity; payment: Row; match: Row }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const act = useAct(entity);
  const [kind, name] = kinds.find(([k]) => match[k]) ?? kinds[0];
  const target = meta.named(name);
  const id = String(match[kind] ?? '');
  const title = useTitle(target, 'id', id);
  const currency = String(payment.currency);
  const back = () =>
    act
      .mutateAsync({ id: payment.id, action: 'unmatch', input: { matches: [{ [kind]: id }] }, key: newKey() })
      .then(() => say.success(t('finance:taken_back', { no: title ?? target?.label ?? '' })))
      .catch((e) => say.error(isProblem(e) ? e.message : String(e)));
  return (
    <li className="match-item">
      <span className="grow clip">
        {target && <Link to={`/${target.path}/${id}` as '/'}>{title ?? target.label}</Link>}
        <span className="note muted">{String(match.date ?? '')}</span>
      </span>
      <span className="num">
        {money(String(match.amount), currency)}
        {!isZero(String(match.write_off)) && (
          <span className="note muted">{t('finance:off', { sum: money(String(match.write_off), currency) })}</span>
        )}
      </span>
      <Button size="small" loading={act.isPending} onClick={() => void back()}>
        {t('finance:unmatch')}
      </Button>
    </li>
  );
}
