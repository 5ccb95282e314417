import { useTranslation } from 'react-i18next';
import { useTitle } from '@/api/titles';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { ago } from '@/ui/format';
import type { Sum } from './sums';

// ruleOf is why a request was made, in the user's language.
export const ruleOf = (a: Row) => String((lang() === 'en' ? a.label_en : a.label_zh) ?? '');

// Item is one request in the list.
export function Item({ row, sum, on, onOpen }: { row: Row; sum?: Sum; on: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const of = meta.named(String(row.entity));
  const who = useTitle(meta.named('user'), 'id', row.requested_by as string | null);
  const approval = meta.named('approval');
  const state = approval && fieldOf(approval, 'status');
  return (
    <li>
      <button type="button" className="desk-item" aria-current={on} onClick={onOpen}>
        <span className="desk-line">
          <b className="grow clip">
            {of?.label} {String(row.record_title)}
          </b>
          {sum && (
            <b className="num">
              <Value field={sum.field} row={sum.row} />
            </b>
          )}
        </span>
        {sum?.party && (
          <span className="clip">
            <Value field={sum.party} row={sum.row} />
          </span>
        )}
        <span className="muted note">{ruleOf(row)}</span>
        <span className="desk-line muted note">
          <span className="grow clip">
            {who ?? t('approvals:someone')} · {ago(String(row.created_at))}
          </span>
          {state && row.status !== 'pending' && <Value field={state} row={row} />}
        </span>
      </button>
    </li>
  );
}
