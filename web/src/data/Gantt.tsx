import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lang } from '@/i18n';
import { today } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { criticalOf, dateOf, dayOf, type GanttBar, monthsOf, spanOf, stepsOf, weekdayOf, widths, type Zoom } from './schedule';
import './gantt.css';

export interface GanttProps {
  bars: GanttBar[];
  label: string;
  zoom?: Zoom;
  critical?: boolean; // show what must not slip; bars may say it themselves
  onMove?: (bar: GanttBar, start: string, end: string) => void;
  onOpen?: (bar: GanttBar) => void;
  beside?: ReactNode; // right of the zoom
}

const row = 36;
const zooms: Zoom[] = ['day', 'week', 'month'];

interface Shift {
  id: string;
  by: number;
  end: boolean; // only the end moves
}

// Gantt shows work over time. Bars are dragged, or moved with the arrow keys: a day a press, with Shift the end only; Enter opens.
export function Gantt({ bars, label, zoom: begun = 'week', critical, onMove, onOpen, beside }: GanttProps) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const [zoom, setZoom] = useState<Zoom>(begun);
  const [path, setPath] = useState(!!critical);
  const [shift, setShift] = useState<Shift>();
  const root = useRef<HTMLDivElement>(null);
  const wait = useRef<ReturnType<typeof setTimeout>>(undefined);
  const now = today();
  const { from, days } = useMemo(() => spanOf(bars, now), [bars, now]);
  const tight = useMemo(() => (path ? criticalOf(bars) : new Set<string>()), [bars, path]);
  const px = widths[zoom];
  const side = narrow ? 132 : 264;
  const v = useVirtualizer({
    count: bars.length,
    getScrollElement: () => root.current,
    estimateSize: () => row,
    overscan: 12,
    scrollMargin: 56,
  });
  const x = (day: number) => (day - from) * px;
  const place = (b: GanttBar) => {
    if (!b.start && !b.end) return undefined;
    const by = shift?.id === b.id ? shift : undefined;
    const start = dayOf(b.start ?? b.end ?? now) + (by && !by.end ? by.by : 0);
    const end = Math.max(start, dayOf(b.end ?? b.start ?? now) + (by?.by ?? 0));
    return { start, end, left: x(start), width: (end - start + 1) * px };
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each zoom
  useEffect(() => {
    root.current?.scrollTo({ left: Math.max(0, x(dayOf(now)) - 160) });
  }, [zoom, from]);
  const done = (b: GanttBar, s: Shift) => {
    setShift(undefined);
    if (!s.by || !b.start) return;
    const start = dayOf(b.start) + (s.end ? 0 : s.by);
    onMove?.(b, dateOf(start), dateOf(Math.max(start, dayOf(b.end ?? b.start) + s.by)));
  };
  const keys = (e: KeyboardEvent, b: GanttBar, i: number) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (step && onMove && !b.still && b.start) {
      const s = { id: b.id, end: e.shiftKey, by: (shift?.id === b.id && shift.end === e.shiftKey ? shift.by : 0) + step };
      setShift(s);
      clearTimeout(wait.current);
      wait.current = setTimeout(() => done(b, s), 700); // several presses are one move
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      const next = bars[i + (e.key === 'ArrowDown' ? 1 : -1)];
      v.scrollToIndex(bars.indexOf(next ?? b));
      setTimeout(() => root.current?.querySelector<HTMLElement>(`[data-bar="${next?.id}"]`)?.focus(), 20);
    } else if (e.key === 'Escape' && shift) {
      clearTimeout(wait.current);
      setShift(undefined);
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const drag = (e: PointerEvent<HTMLElement>, b: GanttBar, end: boolean) => {
    if (!onMove || b.still || e.button !== 0) return;
    e.preventDefault();
    e.stopPropagation();
    const x0 = e.clientX;
    let s: Shift = { id: b.id, by: 0, end };
    const to = (m: globalThis.PointerEvent) => {
      s = { ...s, by: Math.round((m.clientX - x0) / px) };
      setShift(s);
    };
    const up = () => {
      removeEventListener('pointermove', to);
      removeEventListener('pointerup', up);
      if (s.by === 0) {
        setShift(undefined);
        if (!end) onOpen?.(b);
      } else done(b, s);
    };
    addEventListener('pointermove', to);
    addEventListener('pointerup', up);
  };
  const items = v.getVirtualItems();
  const span = (b: GanttBar) => {
    const p = place(b);
    return p ? t('gantt.span', { from: dateOf(p.start), to: dateOf(p.end) }) : t('gantt.no_dates');
  };
  return (
    <div className="gantt-frame">
      <div className="gantt-tools">
        <div className="segments" role="group" aria-label={t('gantt.zoom')}>
          {zooms.map((z) => (
            <button key={z} type="button" aria-pressed={z === zoom} onClick={() => setZoom(z)}>
              {t(`gantt.${z}`)}
            </button>
          ))}
        </div>
        {bars.some((b) => b.needs?.length) && (
          <label className="gantt-check">
            <input type="checkbox" className="check" checked={path} onChange={(e) => setPath(e.target.checked)} />
            {t('gantt.critical')}
          </label>
        )}
        <span className="grow" />
        {onMove && !narrow && <span className="muted">{t('gantt.hint')}</span>}
        {beside}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="gantt" role="region" aria-label={label} ref={root} tabIndex={0}>
        <div className="gantt-head" style={{ width: side + days * px }}>
          <span className="gantt-corner" style={{ width: side }}>
            {label}
          </span>
          <div className="gantt-marks" aria-hidden="true">
            <div>
              {monthsOf(from, days, lang()).map((m) => (
                <span key={m.day} style={{ width: m.days * px }}>
                  {m.days * px > 56 && m.label}
                </span>
              ))}
            </div>
            <div>
              {stepsOf(from, days, zoom, (n) => t('gantt.week_of', { n })).map((m) => (
                <span
                  key={m.day}
                  className={m.day === dayOf(now) ? 'now' : zoom === 'day' && weekdayOf(m.day) > 4 ? 'off' : undefined}
                  style={{ width: m.days * px }}
                >
                  {m.label}
                </span>
              ))}
            </div>
          </div>
        </div>
        <Arrows
          bars={bars}
          first={items[0]?.index ?? 0}
          last={items.at(-1)?.index ?? 0}
          place={place}
          left={side}
          tight={tight}
          width={days * px}
        />
        <ul className="gantt-body" style={{ height: v.getTotalSize(), width: side + days * px }}>
          {items.map((it) => {
            const b = bars[it.index];
            if (!b) return null;
            const p = place(b);
            const hot = b.critical || tight.has(b.id);
            return (
              <li key={b.id} className={b.group ? 'gantt-row group' : 'gantt-row'} style={{ top: it.start - 56 }}>
                <span className="gantt-name" style={{ width: side, paddingLeft: 12 + (b.level ?? 0) * 14 }}>
                  <span className="clip" title={b.title}>
                    {b.title}
                    {b.about && <span className="muted gantt-about">{b.about}</span>}
                  </span>
                </span>
                {b.base && (
                  <span
                    className="gantt-base"
                    aria-hidden="true"
                    style={{ left: side + x(dayOf(b.base.start)), width: (dayOf(b.base.end) - dayOf(b.base.start) + 1) * px }}
                  />
                )}
                {p ? (
                  <button
                    type="button"
                    data-bar={b.id}
                    className={`gantt-bar bar-${b.tone ?? 'blue'}${b.group ? ' group' : ''}${hot ? ' hot' : ''}${shift?.id === b.id ? ' held' : ''}`}
                    style={{ left: side + p.left, width: p.width }}
                    aria-label={`${b.title}, ${span(b)}${b.progress !== undefined ? `, ${Math.round(b.progress)}%` : ''}${hot ? `, ${t('gantt.hot')}` : ''}`}
                    title={[b.title, span(b), b.note].filter(Boolean).join('\n')}
                    onKeyDown={(e) => keys(e, b, it.index)}
                    onPointerDown={(e) => drag(e, b, false)}
                    onClick={(e) => (e.detail === 0 || !onMove || b.still) && onOpen?.(b)}
                  >
                    {b.progress !== undefined && <i style={{ width: `${Math.min(100, Math.max(0, b.progress))}%` }} />}
                    {p.width > 60 && <span className="clip">{b.title}</span>}
                    {onMove && !b.still && !b.group && <em onPointerDown={(e) => drag(e, b, true)} />}
                  </button>
                ) : (
                  <button
                    type="button"
                    data-bar={b.id}
                    className="gantt-none"
                    style={{ left: side + 8 }}
                    onKeyDown={(e) => keys(e, b, it.index)}
                    onClick={() => onOpen?.(b)}
                  >
                    {t('gantt.no_dates')}
                  </button>
                )}
              </li>
            );
          })}
        </ul>
        <div
          className="gantt-today"
          style={{ left: side + x(dayOf(now)) + px / 2, height: v.getTotalSize() + 56 }}
          aria-hidden="true"
        />
      </div>
      <span className="sr" aria-live="polite">
        {shift && bars.filter((b) => b.id === shift.id).map(span)}
      </span>
    </div>
  );
}

interface ArrowsProps {
  bars: GanttBar[];
  first: number;
  last: number;
  place: (b: GanttBar) => { left: number; width: number } | undefined;
  left: number;
  tight: Set<string>;
  width: number;
}

// Arrows lead from what must be done before to what waits for it; only those that can be seen are drawn.
function Arrows({ bars, first, last, place, left, tight, width }: ArrowsProps) {
  const at = new Map(bars.map((b, i) => [b.id, i]));
  const lines = bars.flatMap((b, to) =>
    (b.needs ?? []).flatMap((n) => {
      const from = at.get(n);
      if (from === undefined || Math.max(from, to) < first || Math.min(from, to) > last) return [];
      const [a, z] = [place(bars[from] as GanttBar), place(b)];
      if (!a || !z) return [];
      const [x1, y1, x2, y2] = [a.left + a.width, from * row + row / 2, z.left, to * row + row / 2];
      const turn = x2 > x1 + 12 ? `H${x1 + 8}V${y2}` : `H${x1 + 8}V${y2 + (y1 > y2 ? 15 : -15)}H${x2 - 8}V${y2}`;
      return [{ id: `${n}${b.id}`, d: `M${x1} ${y1}${turn}H${x2 - 1}`, hot: tight.has(n) && tight.has(b.id) }];
    }),
  );
  if (lines.length === 0) return null;
  return (
    <svg className="gantt-arrows" style={{ left }} width={width} height={bars.length * row} aria-hidden="true">
      <defs>
        {['arrow', 'arrow-hot'].map((id) => (
          <marker key={id} id={id} viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
            <path d="M0 0L6 3L0 6z" className={id} />
          </marker>
        ))}
      </defs>
      {lines.map((l) => (
        <path key={l.id} d={l.d} className={l.hot ? 'hot' : undefined} markerEnd={`url(#${l.hot ? 'arrow-hot' : 'arrow'})`} />
      ))}
    </svg>
  );
}
