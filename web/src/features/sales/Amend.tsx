import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionDialog } from '@/data/ActionDialog';
import { type Line, newLine } from '@/data/draft';
import { FieldBox } from '@/data/FieldBox';
import type { DialogProps } from '@/data/feature';
import { LineGrid } from '@/data/LineGrid';
import { typeOf } from '@/meta/kinds';
import { fieldOf } from '@/meta/meta';
import type { Field, Lines, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { group } from '@/ui/decimal';
import { amendable, changesOf, type LineChange, linesOf } from './amendment';
import './sales.css';

// Amend changes a confirmed order: what differs is said, and what becomes of each document that follows from the order.
export default function Amend({ entity, row, action, onClose }: DialogProps) {
  const { t } = useTranslation();
  const before = (row.lines as Row[] | undefined) ?? [];
  const [lines, setLines] = useState<Line[]>(() => before.map((l) => newLine({ ...l })));
  const [date, setDate] = useState<unknown>(row.requested_date);
  const [reason, setReason] = useState('');
  const changes = changesOf(before, lines);
  const moved = date !== row.requested_date && !!date;
  const own = entity.lines?.find((l) => l.name === 'lines');
  const requested = fieldOf(entity, 'requested_date');
  const input = {
    ...(moved ? { requested_date: date } : {}),
    ...(changes.length ? { lines: linesOf(changes) } : {}),
    ...(reason.trim() ? { reason: reason.trim() } : {}),
  };
  if (!own || !requested) return null;
  const writable: Lines = {
    ...own,
    fields: own.fields.map((f) => ({ ...f, edit: (amendable as readonly string[]).includes(f.name) })),
  };
  const why: Field = {
    name: 'reason',
    label: action.input?.find((i) => i.name === 'reason')?.label ?? '',
    kind: 'text',
    class: '',
    edit: true,
  };
  const DateInput = typeOf(requested).Input;
  return (
    <ActionDialog
      entity={entity}
      row={row}
      action={action}
      onClose={onClose}
      own={{
        input,
        ready: moved || changes.length > 0,
        form: (problem) => (
          <>
            <div className="amend-head">
              <FieldBox field={{ ...requested, required: false }} path="requested_date" problem={problem}>
                {(id, invalid) => <DateInput field={requested} id={id} invalid={invalid} value={date} onChange={setDate} />}
              </FieldBox>
              <FieldBox field={why} path="reason" problem={problem}>
                {(id) => <input id={id} className="input" value={reason} onChange={(e) => setReason(e.target.value)} />}
              </FieldBox>
            </div>
            <LineGrid
              lines={writable}
              only={[...amendable]}
              value={lines}
              currency={typeof row.currency === 'string' ? row.currency : undefined}
              problem={problem}
              onChange={setLines}
            />
            {moved || changes.length ? (
              <section className="amend-diff" aria-label={t('sales:amended')}>
                <b>{t('sales:amended')}</b>
                <ul>
                  {moved && (
                    <li>
                      {t('sales:change', { field: requested.label, from: String(row.requested_date ?? '–'), to: String(date) })}
                    </li>
                  )}
                  {changes.map((c, i) => (
                    <Changed key={String(c.line.id ?? i)} change={c} lines={own} />
                  ))}
                </ul>
              </section>
            ) : (
              <p className="muted">{t('sales:unchanged')}</p>
            )}
          </>
        ),
      }}
    />
  );
}

function Changed({ change, lines }: { change: LineChange; lines: Lines }) {
  const { t } = useTranslation();
  const product = lines.fields.find((f) => f.name === 'product_id');
  const label = (name: string) => lines.fields.find((f) => f.name === name)?.label ?? name;
  const what = product && <Value field={product} row={change.line as Row} />;
  const text = { added: t('sales:line_added'), removed: t('sales:line_removed'), changed: '' }[change.kind];
  return (
    <li>
      {what}
      {text && <span className={change.kind === 'removed' ? 'wrong' : undefined}>{text}</span>}
      {change.kind === 'added' && <span>× {group(String(change.line.quantity))}</span>}
      {change.fields
        .filter((f) => f.name !== 'product_id')
        .map((f) => (
          <span key={f.name}>
            {t('sales:change', { field: label(f.name), from: group(f.from || '0'), to: group(f.to || '0') })}
          </span>
        ))}
    </li>
  );
}
