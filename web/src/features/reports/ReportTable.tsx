import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { typeOf } from '@/meta/kinds';
import { type Meta, useMeta } from '@/meta/meta';
import { type Column, fieldFor, type Report } from '@/meta/reports';
import type { Row } from '@/meta/types';
import { widthOf } from '@/meta/width';
import { compare } from '@/ui/decimal';
import { useWide } from '@/ui/media';
import { summing } from './codes';
import { type Asked, drill, type Line } from './drill';
import './reports.css';

export interface ReportTableProps {
  report: Report;
  columns: Column[];
  rows: Line[];
  sums?: Record<string, string>;
  asked: Asked;
  more?: () => void; // reads more rows, when there are any
}

const near = 100; // rows before the end at which more are read

const wide: Record<string, number> = {
  name: 220,
  memo: 240,
  work: 320,
  product_name: 200,
  customer_id: 240,
  vendor_id: 240,
};
// Short texts, which are read beside the amounts on a phone too.
const slim: Record<string, number> = {
  code: 96,
  account_code: 96,
  currency: 88,
  row: 84,
  side: 72,
  section: 120,
  unit: 64,
  week: 64,
  level: 64,
  month: 88,
};
const narrowest = 132; // of a column on a phone that is no amount
const roomOf = (c: Column, narrow: boolean) => {
  const room = wide[c.name] ?? slim[c.name] ?? widthOf(fieldFor(c));
  return narrow && !endOf(c) ? Math.min(room, narrowest) : room;
};
const endOf = (c: Column) => typeOf(fieldFor(c)).end ?? false;

// cellRow is a line as a value is shown with it: amounts in the books are of the company's currency.
const cellRow = (c: Column, row: Line) => (c.name === 'value' ? { ...row, currency: undefined } : row) as unknown as Row;

// ReportTable shows a report's lines; only those that can be seen are drawn. Sums stay below.
export function ReportTable({ report, columns, rows, sums, asked, more }: ReportTableProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const narrow = !useWide();
  const root = useRef<HTMLDivElement>(null);
  const v = useVirtualizer({ count: rows.length, getScrollElement: () => root.current, estimateSize: () => 34, overscan: 12 });
  const last = v.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - near) more?.();
  }, [last, rows.length, more]);
  const template = columns.map((c) => `minmax(${roomOf(c, narrow)}px, ${wide[c.name] ? 2 : 1}fr)`).join(' ');
  const width = columns.reduce((w, c) => w + roomOf(c, narrow), 0);
  const style = { gridTemplateColumns: template, minWidth: width };
  const line = (key: string, cell: (c: Column) => ReactNode, role: 'cell' | 'columnheader', extra?: object, kind = '') => (
    // biome-ignore lint/a11y/useFocusableInteractive: the table is read and scrolled, its links are reached
    <div key={key} role="row" className={`report-row ${kind}`} style={{ ...style, ...extra }}>
      {columns.map((c) => (
        <div key={c.name} role={role} className={endOf(c) ? 'end' : undefined}>
          {cell(c)}
        </div>
      ))}
    </div>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="report" role="region" aria-label={report.label} tabIndex={0} ref={root}>
      <div role="table" aria-label={report.label} aria-rowcount={rows.length + 1} style={{ minWidth: width }}>
        <div role="rowgroup" className="report-head">
          {line(
            'head',
            (c) => (
              <span className="clip">{c.label}</span>
            ),
            'columnheader',
          )}
        </div>
        <div role="rowgroup" style={{ height: v.getTotalSize(), position: 'relative' }}>
          {v.getVirtualItems().map((it) => {
            const row = rows[it.index] as Line;
            const at = { position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${it.start}px)` };
            const kind = summing(row) ? 'total' : '';
            return line(
              String(it.index),
              (c) => <Shown meta={meta} report={report} column={c} row={row} asked={asked} />,
              'cell',
              at,
              kind,
            );
          })}
        </div>
        {sums && (
          <div role="rowgroup" className="report-foot">
            {line(
              'foot',
              (c) =>
                sums[c.name] !== undefined ? (
                  <Sum column={c} value={sums[c.name] ?? ''} rows={rows} />
                ) : c === columns[0] ? (
                  t('reports:total')
                ) : null,
              'cell',
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function Sum({ column, value, rows }: { column: Column; value: string; rows: Line[] }) {
  const field = fieldFor(column);
  const { Cell } = typeOf(field);
  return <Cell field={field} value={value} row={cellRow(column, { currency: rows[0]?.currency })} />;
}

function Shown({ meta, report, column, row, asked }: { meta: Meta; report: Report; column: Column; row: Line; asked: Asked }) {
  const field = fieldFor(column);
  const { Cell } = typeOf(field);
  const value = row[column.name];
  const to = drill(meta, report, column, row, asked);
  const minus = endOf(column) && typeof value === 'string' && compare(value, '0') < 0;
  const zero = column.kind === 'amount' && typeof value === 'string' && compare(value, '0') === 0;
  const body = zero ? <span className="muted">–</span> : <Cell field={field} value={value} row={cellRow(column, row)} link />;
  if (!to || zero || value === '' || value === null) return <span className={`clip${minus ? ' wrong' : ''}`}>{body}</span>;
  return (
    <Link to={to as '/'} className="clip">
      {body}
    </Link>
  );
}
