import { Button } from 'antd';
import { Plus, Trash2 } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/problem';
import { typeOf } from '@/meta/kinds';
import { useMeta } from '@/meta/meta';
import type { Field, Lines, Row } from '@/meta/types';
import { money } from '@/ui/format';
import { composing } from '@/ui/hotkeys';
import { say } from '@/ui/talk';
import { amountOf, type Line, lineFields, newLine, sumsOf, totalOf } from './draft';
import { findAll } from './find';
import { read, rowsOf } from './paste';

export interface LineGridProps {
  lines: Lines;
  value: Line[];
  onChange: (lines: Line[]) => void;
  head?: Record<string, unknown>; // what the document itself says
  currency?: string;
  problem?: Problem;
  only?: string[]; // which fields, in this order; all that can be written if none
  placeholder?: (field: string, at: number) => string | undefined; // what holds where nothing is written
  lead?: LineColumn; // what a line is about, before what is written
  extra?: LineColumn[]; // what is shown beside, in place of the amounts that are worked out here
}

// LineColumn is a column that is shown beside the fields that are written.
export interface LineColumn {
  key: string;
  label: string;
  cell: (line: Line, at: number) => ReactNode;
}

// Codes are short, names are not.
const widthOf = (f: Field) =>
  f.part
    ? 192
    : f.ref
      ? f.kind === 'text'
        ? 92
        : 192
      : f.kind === 'text'
        ? 140
        : f.kind === 'percent'
          ? 76
          : f.kind === 'price'
            ? 104
            : 84;

// LineGrid writes the nested lines of a document: Enter goes down and begins a new line after the last, a table copied from a spreadsheet is pasted as lines.
export function LineGrid({ lines, value, onChange, head, currency, problem, only, placeholder, lead, extra }: LineGridProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const root = useRef<HTMLDivElement>(null);
  const every = lineFields(lines);
  const fields = only ? only.flatMap((n) => every.find((f) => f.name === n) ?? []) : every;
  const priced = !extra && fields.some((f) => f.name === 'unit_price');
  const put = (i: number, name: string, v: unknown) => onChange(value.map((l, at) => (at === i ? { ...l, [name]: v } : l)));
  const focus = (row: number, col: number) =>
    setTimeout(
      () =>
        root.current
          ?.querySelectorAll('tbody tr')
          [row]?.querySelectorAll<HTMLElement>('td[data-col] input, td[data-col] textarea')
          [col]?.focus(),
      20,
    );
  const addLine = () => {
    onChange([...value, newLine()]);
    focus(value.length, 0);
  };
  const keys = (e: KeyboardEvent, row: number, col: number) => {
    if (composing(e)) return;
    if (
      e.key === 'Enter' &&
      !e.defaultPrevented &&
      !(e.target as HTMLElement).closest('.ant-select-open, .ant-picker-focused') &&
      !e.ctrlKey
    ) {
      e.preventDefault();
      if (row === value.length - 1) addLine();
      else focus(row + 1, col);
    } else if (e.key === 'Backspace' && e.ctrlKey) {
      e.preventDefault();
      onChange(value.toSpliced(row, 1));
    }
  };
  const paste = async (e: ClipboardEvent, row: number, col: number) => {
    const text = e.clipboardData.getData('text/plain');
    if (!/[\t\n]/.test(text.trimEnd())) return;
    e.preventDefault();
    const got = read(rowsOf(text), fields, col);
    const found = await findAll(meta, got.open);
    for (const o of got.open) {
      const id = found.get(`${o.field.name}\n${o.text}`);
      if (id) Object.assign(got.rows[o.row] ?? {}, { [o.field.name]: id });
      else got.refused.push(o);
    }
    const next = [...value];
    got.rows.forEach((r, i) => {
      next[row + i] = { ...(next[row + i] ?? newLine()), ...r };
    });
    onChange(next);
    if (got.refused.length) {
      const list = got.refused
        .slice(0, 5)
        .map((x) => t('paste.cell', { line: row + x.row + 1, field: x.field.label, text: x.text }));
      say.warning(`${t('paste.refused', { n: got.refused.length })} ${list.join('; ')}`, { duration: 8 });
    } else say.success(t('paste.done', { n: got.rows.length }));
  };
  return (
    <section className="card" aria-label={lines.label}>
      <header>
        <h2>{lines.label}</h2>
        <span className="muted">{t('lines.hint')}</span>
      </header>
      <div className="line-grid" ref={root}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="sr">{t('lines.number')}</span>
              </th>
              {lead && <th scope="col">{lead.label}</th>}
              {fields.map((f) => (
                <th
                  key={f.name}
                  scope="col"
                  className={typeOf(f).end && !f.ref ? 'end' : undefined}
                  style={{ minWidth: widthOf(f) }}
                >
                  {f.required && <span className="wrong">* </span>}
                  {f.label}
                </th>
              ))}
              {extra?.map((c) => (
                <th key={c.key} scope="col" className="end">
                  {c.label}
                </th>
              ))}
              {priced && (
                <th scope="col" className="end">
                  {t('lines.amount')}
                </th>
              )}
              <th scope="col">
                <span className="sr">{t('lines.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {value.map((line, i) => (
              <tr key={line._key}>
                <td className="number">{i + 1}</td>
                {lead && (
                  <td className="shown lead" data-label={lead.label}>
                    {lead.cell(line, i)}
                  </td>
                )}
                {fields.map((f, col) => {
                  const { Input } = typeOf(f);
                  const wrong = problem?.at(`${lines.name}[${i}].${f.name}`);
                  return (
                    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: keys of the input inside
                    <td
                      key={f.name}
                      data-col={col}
                      data-label={f.label}
                      onKeyDown={(e) => keys(e, i, col)}
                      onPaste={(e) => void paste(e, i, col)}
                    >
                      <Input
                        field={f}
                        value={line[f.name]}
                        row={{ ...line, _head: head } as unknown as Row}
                        label={t('lines.cell', { field: f.label, line: i + 1 })}
                        invalid={!!wrong}
                        placeholder={placeholder?.(f.name, i)}
                        onChange={(v) => put(i, f.name, v)}
                      />
                      {wrong && <span className="wrong">{wrong}</span>}
                    </td>
                  );
                })}
                {extra?.map((c) => (
                  <td key={c.key} className="shown" data-label={c.label}>
                    {c.cell(line, i)}
                  </td>
                ))}
                {priced && (
                  <td className="shown" data-label={t('lines.amount')}>
                    {amountOf(line) !== undefined && money(amountOf(line) ?? '0', currency)}
                  </td>
                )}
                <td className="line-out">
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={t('lines.remove_line', { line: i + 1 })}
                    onClick={() => onChange(value.toSpliced(i, 1))}
                  >
                    <Trash2 size={14} />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="line-foot">
        <Button size="small" type="text" icon={<Plus size={14} />} onClick={addLine}>
          {t('lines.add')}
        </Button>
        <span className="grow" />
        {sumsOf(lines, value).map(({ field, sum }) => (
          <span key={field.name} className="sum">
            <span className="muted">{field.label}</span>
            <b>{money(sum, currency)}</b>
          </span>
        ))}
        {priced && (
          <span className="sum" aria-live="polite">
            <span className="muted">{t('lines.total')}</span>
            <b>{money(totalOf(value), currency)}</b>
          </span>
        )}
      </div>
    </section>
  );
}
