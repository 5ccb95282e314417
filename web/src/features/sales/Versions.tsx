import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { today } from '@/ui/format';
import { State } from '@/ui/parts';
import './sales.css';

// Versions shows how long an offer holds, what became of it, and its other versions, the newest first.
export default function Versions({ entity, row }: RecordProps) {
  const { t } = useTranslation();
  const versioned = !!fieldOf(entity, 'previous_id');
  const base = String(row.no ?? '').replace(/-\d+$/, '');
  const { data } = useList(entity.path, { 'no[starts]': base, sort: '-no', limit: 20 }, versioned && base !== '');
  const all = (data?.data ?? []).filter((r: Row) => String(r.no).replace(/-\d+$/, '') === base);
  const valid = typeof row.valid_until === 'string' ? row.valid_until : undefined;
  const open = row.status === 'draft' || row.status === 'sent';
  const state = fieldOf(entity, entity.state);
  const total = fieldOf(entity, 'total_amount');
  if (all.length < 2 && !(valid && open)) return null;
  return (
    <section className="card" aria-label={t('sales:versions')}>
      {valid && open && (
        <header>
          {valid < today() ? (
            <State tone="red">{t('sales:expired')}</State>
          ) : (
            <State tone="blue">{t('sales:valid', { date: valid })}</State>
          )}
        </header>
      )}
      {all.length > 1 && (
        <ol className="revision">
          {all.map((r: Row) => (
            <li key={r.id} className="mini-row">
              {r.id === row.id ? (
                <b>{titleOf(entity, r)}</b>
              ) : (
                <Link to={`/${entity.path}/${r.id}` as '/'}>{titleOf(entity, r)}</Link>
              )}
              {r.id === row.id && <span className="muted">{t('sales:current')}</span>}
              <span className="grow" />
              {total && <Value field={total} row={r} />}
              {state && <Value field={state} row={r} />}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
