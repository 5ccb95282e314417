import { DndContext, PointerSensor, useDraggable, useDroppable, useSensor, useSensors } from '@dnd-kit/core';
import { Button } from 'antd';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lang } from '@/i18n';
import { stateName, tone } from '@/meta/kinds/option';
import { titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { today, weekday } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Pop } from '@/ui/Pop';
import { Empty, IconButton, State } from '@/ui/parts';
import { shiftDate, stepMonth, weeksOf } from './month';
import './calendar.css';

export interface CalendarProps {
  entity: Entity;
  rows: Row[];
  field: string; // the date that they stand at
  month: string; // YYYY-MM
  onMonth: (month: string) => void;
  onOpen: (row: Row) => void;
  onMove?: (row: Row, date: string) => void;
  title?: (row: Row) => string;
  beside?: ReactNode; // at the end of the head
  notice?: ReactNode; // below it
}

const most = 4; // of a day, before "n more"

// Calendar shows records at their dates, a month at a time; on a phone as a list of days. Arrow keys move between days, Shift with them moves a record.
export function Calendar({
  entity,
  rows,
  field,
  month,
  onMonth,
  onOpen,
  onMove,
  beside,
  notice,
  title = (r) => titleOf(entity, r),
}: CalendarProps) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const root = useRef<HTMLDivElement>(null);
  const [told, setTold] = useState('');
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const weeks = weeksOf(month);
  const now = today();
  const by = useMemo(() => {
    const out = new Map<string, Row[]>();
    for (const r of rows) {
      const d = String(r[field] ?? '').slice(0, 10);
      out.set(d, [...(out.get(d) ?? []), r]);
    }
    return out;
  }, [rows, field]);
  const move = (r: Row | undefined, date: string) => {
    if (!r || !onMove || r[field] === date) return;
    setTold(t('calendar.moved', { title: title(r), date }));
    onMove(r, date);
  };
  const keys = (e: KeyboardEvent, r: Row, date: string) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 }[e.key];
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.shiftKey) {
      move(r, shiftDate(date, step));
      setTimeout(() => root.current?.querySelector<HTMLElement>(`[data-event="${r.id}"]`)?.focus(), 60);
      return;
    }
    for (let d = shiftDate(date, step), i = 0; i < 42; d = shiftDate(d, Math.sign(step)), i++) {
      const next = root.current?.querySelector<HTMLElement>(`[data-day="${d}"] [data-event]`);
      if (next) return next.focus();
    }
  };
  const name = new Intl.DateTimeFormat(lang() === 'zh' ? 'zh-CN' : 'en', {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${month}-01T00:00:00Z`));
  const event = (r: Row, date: string) => (
    <Event key={r.id} entity={entity} row={r} title={title(r)} still={!onMove} onOpen={onOpen} onKeys={(e) => keys(e, r, date)} />
  );
  return (
    <div className="calendar" ref={root}>
      <header>
        <IconButton icon={ChevronLeft} label={t('calendar.before')} onClick={() => onMonth(stepMonth(month, -1))} />
        <h2 aria-live="polite">{name}</h2>
        <IconButton icon={ChevronRight} label={t('calendar.after')} onClick={() => onMonth(stepMonth(month, 1))} />
        <Button size="small" onClick={() => onMonth(now.slice(0, 7))}>
          {t('calendar.today')}
        </Button>
        <span className="grow" />
        {onMove && !narrow && <span className="muted clip">{t('calendar.hint')}</span>}
        {beside}
      </header>
      {notice}
      {narrow ? (
        <Agenda days={weeks.flat().filter((d) => d.startsWith(month) && by.has(d))} by={by} event={event} now={now} />
      ) : (
        <DndContext
          sensors={sensors}
          onDragEnd={(e) =>
            e.over &&
            move(
              rows.find((r) => r.id === e.active.id),
              String(e.over.id),
            )
          }
        >
          <div className="calendar-grid">
            <div className="calendar-week head" aria-hidden="true">
              {weeks[0]?.map((d) => (
                <span key={d}>{weekday(d)}</span>
              ))}
            </div>
            {weeks.map((w) => (
              <div key={w[0]} className="calendar-week">
                {w.map((d) => (
                  <Day key={d} date={d} month={month} now={now} rows={by.get(d) ?? []} event={event} />
                ))}
              </div>
            ))}
          </div>
        </DndContext>
      )}
      <span className="sr" aria-live="polite">
        {told}
      </span>
    </div>
  );
}

interface DayProps {
  date: string;
  month: string;
  now: string;
  rows: Row[];
  event: (r: Row, date: string) => ReactNode;
}

function Day({ date, month, now, rows, event }: DayProps) {
  const { t } = useTranslation();
  const { setNodeRef, isOver } = useDroppable({ id: date });
  const out = date.startsWith(month) ? '' : ' out';
  return (
    <section
      ref={setNodeRef}
      data-day={date}
      className={`calendar-day${out}${date === now ? ' now' : ''}${isOver ? ' over' : ''}`}
      aria-label={t('calendar.day', { date: `${date} ${weekday(date)}`, n: rows.length })}
    >
      <span className="calendar-date">{Number(date.slice(8))}</span>
      {rows.slice(0, most).map((r) => event(r, date))}
      {rows.length > most && (
        <Pop
          label={date}
          side="start"
          width={240}
          trigger={(open, toggle) => (
            <button type="button" className="calendar-more" aria-expanded={open} onClick={toggle}>
              {t('calendar.more', { n: rows.length - most })}
            </button>
          )}
        >
          {() => rows.slice(most).map((r) => event(r, date))}
        </Pop>
      )}
    </section>
  );
}

function Agenda({ days, by, event, now }: { days: string[]; by: Map<string, Row[]>; event: DayProps['event']; now: string }) {
  const { t } = useTranslation();
  if (days.length === 0) return <Empty title={t('calendar.none')} />;
  return (
    <div className="calendar-agenda">
      {days.map((d) => (
        <section key={d}>
          <h3 className={d === now ? 'now' : undefined}>
            {d} {weekday(d)}
          </h3>
          {by.get(d)?.map((r) => event(r, d))}
        </section>
      ))}
    </div>
  );
}

interface EventProps {
  entity: Entity;
  row: Row;
  title: string;
  still: boolean;
  onOpen: (row: Row) => void;
  onKeys: (e: KeyboardEvent) => void;
}

function Event({ entity, row, title, still, onOpen, onKeys }: EventProps) {
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: row.id, disabled: still });
  const state = entity.fields.find((f) => f.name === entity.state) ?? entity.fields.find((f) => stateName.test(f.name));
  const about = entity.fields.find((f) => f.ref && f.ref !== 'user' && f.list && f.name !== entity.title);
  const value = state && typeof row[state.name] === 'string' ? String(row[state.name]) : '';
  const label = state?.options?.find((o) => o.value === value)?.label;
  return (
    <a
      ref={setNodeRef}
      {...listeners}
      data-event={row.id}
      href={`/${entity.path}/${row.id}`}
      draggable={false}
      className={isDragging ? 'calendar-event held' : 'calendar-event'}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
      title={label ? `${title} · ${label}` : title}
      onKeyDown={onKeys}
      onClick={(e) => {
        if (e.ctrlKey || e.metaKey) return;
        e.preventDefault();
        onOpen(row);
      }}
    >
      {value && (
        <State tone={tone(value)}>
          <span className="sr">{label}</span>
        </State>
      )}
      <span className="clip">
        {title}
        {about && (
          <span className="muted">
            {' '}
            <Value field={about} row={row} />
          </span>
        )}
      </span>
    </a>
  );
}
