import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Windowed } from '@/api/window';
import { mayEdit } from '@/meta/access';
import { typeOf } from '@/meta/kinds';
import { titleOf } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { widthOf } from '@/meta/width';
import { composing } from '@/ui/hotkeys';
import { remember, remembered } from '@/ui/settings';
import { Cell } from './Cell';
import './grid.css';

export interface DataGridProps {
  entity: Entity;
  columns: Field[];
  rows: Windowed; // a hole is a row that is not read yet
  of?: string; // the question that they answer: another one is read from its beginning
  label: string;
  sort?: string;
  onSort?: (field: string, add: boolean) => void;
  selected?: Set<string>;
  onSelect?: (ids: Set<string>) => void;
  onOpen?: (row: Row) => void;
  onEdit?: (row: Row, field: Field, value: unknown) => void;
  onShow?: (from: number, to: number) => void; // which rows are looked at
}

const checkbox = 40;
const rowHeight = 36;

// DataGrid shows records in virtual rows. Arrow keys move, Enter opens or edits, Space selects, as in a spreadsheet.
export function DataGrid(p: DataGridProps) {
  const { entity, columns, rows, of, label, sort = '', onSort, selected, onSelect, onOpen, onEdit, onShow } = p;
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<[number, number]>([0, 0]);
  const [edit, setEdit] = useState(false);
  const focused = useRef(false);
  const [widths, setWidths] = useState<Record<string, number>>(() => remembered(`widths.${entity.name}`, {}));
  const width = useCallback(
    (f: Field) => widths[f.name] ?? (f.name !== entity.title ? widthOf(f) : /^(no|number|code)$/.test(f.name) ? 156 : 220),
    [widths, entity],
  );
  const lead = onSelect ? checkbox : 0;
  const full = lead + columns.reduce((sum, f) => sum + width(f), 0);
  const v = useVirtualizer({
    count: rows.length,
    getScrollElement: () => root.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = v.getVirtualItems();
  const [from, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => onShow?.(from, last), [from, last, onShow]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another question leads back
  useEffect(() => root.current?.scrollTo({ top: 0 }), [of]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cell moves when rows do
  useLayoutEffect(() => {
    if (focused.current && !edit)
      root.current?.querySelector<HTMLElement>(`[data-at="${at[0]}:${at[1]}"]`)?.focus({ preventScroll: true });
  }, [at, edit, items, rows]);

  const move = (row: number, col: number) => {
    const next: [number, number] = [Math.max(0, Math.min(rows.length - 1, row)), Math.max(0, Math.min(columns.length - 1, col))];
    focused.current = true;
    setAt(next);
    v.scrollToIndex(next[0]);
  };
  const toggle = (id: string) => {
    if (!selected || !onSelect) return;
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  const begin = () => {
    const [row, field] = [rows[at[0]], columns[at[1]]];
    if (row && field && onEdit && mayEdit(field, row)) setEdit(true);
    else if (row) onOpen?.(row);
  };
  const keys = (e: KeyboardEvent) => {
    if (edit || composing(e) || !focused.current || (e.target as HTMLElement).closest('[role=columnheader]')) return;
    const [r, c] = at;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [r + 1, c],
      ArrowUp: [r - 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      PageDown: [r + 20, c],
      PageUp: [r - 20, c],
      Home: [e.ctrlKey ? 0 : r, 0],
      End: [e.ctrlKey ? rows.length - 1 : r, columns.length - 1],
      j: [r + 1, c],
      k: [r - 1, c],
    };
    const to = e.metaKey || e.altKey || (e.ctrlKey && !/Home|End/.test(e.key)) ? undefined : moves[e.key];
    const row = rows[r];
    if (to) move(...to);
    else if (e.key === 'Enter' || e.key === 'F2' || e.key === 'e') begin();
    else if (e.key === 'o' && row) onOpen?.(row);
    else if (e.key === ' ' && row) toggle(row.id);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const resize = (f: Field, e: PointerEvent<HTMLSpanElement>) => {
    e.preventDefault();
    const [from, start] = [width(f), e.clientX];
    const drag = (m: globalThis.PointerEvent) => setWidths((w) => ({ ...w, [f.name]: Math.max(64, from + m.clientX - start) }));
    const drop = () => {
      removeEventListener('pointermove', drag);
      setWidths((w) => {
        remember(`widths.${entity.name}`, w);
        return w;
      });
    };
    addEventListener('pointermove', drag);
    addEventListener('pointerup', drop, { once: true });
  };
  const order = new Map(
    sort.split(',').map((k) => [k.replace('-', ''), k.startsWith('-') ? 'descending' : 'ascending'] as const),
  );
  const there = useMemo(() => rows.filter((r) => r !== undefined), [rows]);
  const every = there.length > 0 && there.every((r) => selected?.has(r.id));
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a grid
    <div
      ref={root}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + (onSelect ? 1 : 0)}
      aria-multiselectable={!!onSelect}
      onKeyDown={keys}
      tabIndex={-1}
    >
      <div role="rowgroup" className="grid-head" style={{ width: full }}>
        <div role="row" tabIndex={-1} aria-rowindex={1} className="grid-row">
          {onSelect && (
            <div role="columnheader" tabIndex={-1} className="grid-cell pinned" style={{ width: checkbox, left: 0 }}>
              <input
                type="checkbox"
                className="check"
                aria-label={t('grid.select_all')}
                checked={every}
                onChange={() => onSelect(every ? new Set() : new Set(there.map((r) => r.id)))}
              />
            </div>
          )}
          {columns.map((f, i) => {
            const way = order.get(f.name);
            const sortable = onSort && f.kind !== 'json' && f.kind !== 'texts';
            return (
              <div
                key={f.name}
                role="columnheader"
                tabIndex={-1}
                aria-sort={way ?? 'none'}
                className={`grid-cell${i === 0 ? ' pinned' : ''}${typeOf(f).end && !f.ref ? ' end' : ''}`}
                style={{ width: width(f), left: i === 0 ? lead : undefined }}
              >
                {sortable ? (
                  <button
                    type="button"
                    className="sorter"
                    onClick={(e: MouseEvent) => onSort(f.name, e.shiftKey)}
                    title={t('grid.sort', { field: f.label })}
                  >
                    <span className="clip">{f.label}</span>
                    {way === 'ascending' && <ArrowUp size={12} aria-hidden="true" />}
                    {way === 'descending' && <ArrowDown size={12} aria-hidden="true" />}
                  </button>
                ) : (
                  <span className="clip">{f.label}</span>
                )}
                <span className="resizer" aria-hidden="true" onPointerDown={(e) => resize(f, e)} />
              </div>
            );
          })}
        </div>
      </div>
      <div role="rowgroup" style={{ height: v.getTotalSize(), width: full, position: 'relative' }}>
        {items.map((it) => {
          const row = rows[it.index];
          if (!row)
            return (
              <Gap
                key={`gap${it.index}`}
                index={it.index}
                top={it.start}
                widths={[...(onSelect ? [checkbox] : []), ...columns.map(width)]}
                at={at[0] === it.index ? at[1] + (onSelect ? 1 : 0) : undefined}
                lead={onSelect ? 1 : 0}
              />
            );
          return (
            <div
              key={row.id}
              role="row"
              tabIndex={-1}
              aria-rowindex={it.index + 2}
              aria-selected={selected?.has(row.id)}
              className="grid-row body"
              style={{ width: full, transform: `translateY(${it.start}px)` }}
            >
              {onSelect && (
                <div role="gridcell" tabIndex={-1} className="grid-cell pinned" style={{ width: checkbox, left: 0 }}>
                  <input
                    type="checkbox"
                    className="check"
                    tabIndex={-1}
                    aria-label={t('grid.select', { title: titleOf(entity, row) })}
                    checked={selected?.has(row.id) ?? false}
                    onChange={() => toggle(row.id)}
                  />
                </div>
              )}
              {columns.map((f, i) => {
                const here = at[0] === it.index && at[1] === i;
                return (
                  <Cell
                    key={f.name}
                    entity={entity}
                    field={f}
                    row={row}
                    place={`${it.index}:${i}`}
                    width={width(f)}
                    left={i === 0 ? lead : undefined}
                    here={here}
                    editing={here && edit}
                    onFocus={() => {
                      focused.current = true;
                      if (!here) setAt([it.index, i]);
                    }}
                    onBegin={begin}
                    onOpen={onOpen}
                    onDone={(value) => {
                      setEdit(false);
                      if (value !== undefined && value !== row[f.name]) onEdit?.(row, f, value);
                    }}
                  />
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

// Gap stands for a row that is being read. Keys reach it, so that whoever moves quickly keeps their place.
function Gap(p: { index: number; top: number; widths: number[]; at?: number; lead: number }) {
  const full = p.widths.reduce((sum, w) => sum + w, 0);
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={p.index + 2}
      aria-busy="true"
      className="grid-row body"
      style={{ width: full, transform: `translateY(${p.top}px)` }}
    >
      {p.widths.map((w, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
          key={i}
          role="gridcell"
          tabIndex={p.at === i ? 0 : -1}
          data-at={i < p.lead ? undefined : `${p.index}:${i - p.lead}`}
          className="grid-cell"
          style={{ width: w }}
        >
          {i >= p.lead && <span className="skeleton gap" />}
        </div>
      ))}
    </div>
  );
}
