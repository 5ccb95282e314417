import {
  type CollisionDetection,
  DndContext,
  DragOverlay,
  PointerSensor,
  pointerWithin,
  TouchSensor,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { State } from '@/ui/parts';
import { type BoardColumn, type Stack, short } from './board';
import './kanban.css';

export interface KanbanProps {
  entity: Entity;
  stacks: Stack[];
  label: string;
  onMove?: (row: Row, to: BoardColumn) => void; // without it cards stay where they are
  onOpen: (row: Row) => void;
  onMore?: (column: BoardColumn) => void; // there are more than are shown
  card?: (row: Row) => ReactNode; // below the title; three facts of the list if none
  foot?: (stack: Stack) => ReactNode; // beside the name of a column
  zones?: BoardColumn[]; // columns that a held card may also be dropped on at the foot of the board
  limits?: Record<string, number>; // work in progress: how many cards a column should hold at most
}

// The zones lie over the columns: what is dropped there is meant for them.
const nearest: CollisionDetection = (args) => {
  const hit = pointerWithin(args);
  const zone = hit.filter((h) => String(h.id).startsWith('zone:'));
  return zone.length ? zone : hit;
};

// Kanban shows records as cards in columns. A card is dragged, or moved with Shift and the arrow keys.
export function Kanban({ entity, stacks, label, onMove, onOpen, onMore, card, foot, zones, limits }: KanbanProps) {
  const { t } = useTranslation();
  const [held, setHeld] = useState<Row>();
  const [told, setTold] = useState('');
  const root = useRef<HTMLDivElement>(null);
  const hint = useId();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  );
  const rows = stacks.flatMap((s) => s.rows);
  const body = card ?? ((r: Row) => <Facts entity={entity} row={r} />);
  const move = (row: Row, to: BoardColumn | undefined) => {
    const from = stacks.find((s) => s.rows.includes(row))?.column;
    if (!to || !onMove || to.value === from?.value) return;
    setTold(t('board.moved', { title: titleOf(entity, row), column: to.label }));
    onMove(row, to);
  };
  const focus = (id: string | undefined) => id && root.current?.querySelector<HTMLElement>(`[data-card="${id}"]`)?.focus();
  const keys = (e: KeyboardEvent, row: Row) => {
    const col = stacks.findIndex((s) => s.rows.includes(row));
    const at = stacks[col]?.rows.indexOf(row) ?? 0;
    const side = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (side && e.shiftKey) {
      move(row, stacks[col + side]?.column);
      setTimeout(() => focus(row.id), 60);
    } else if (side) {
      let next = col + side;
      while (stacks[next] && stacks[next]?.rows.length === 0) next += side;
      const to = stacks[next]?.rows;
      focus(to?.[Math.min(at, to.length - 1)]?.id);
    } else if (e.key === 'ArrowDown' || e.key === 'j') focus(stacks[col]?.rows[at + 1]?.id);
    else if (e.key === 'ArrowUp' || e.key === 'k') focus(stacks[col]?.rows[at - 1]?.id);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={nearest}
      onDragStart={(e) => setHeld(rows.find((r) => r.id === e.active.id))}
      onDragCancel={() => setHeld(undefined)}
      onDragEnd={(e) => {
        setHeld(undefined);
        const row = rows.find((r) => r.id === e.active.id);
        if (row) move(row, stacks.find((s) => s.column.value === String(e.over?.id ?? '').replace(/^zone:/, ''))?.column);
      }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="kanban" role="region" aria-label={label} tabIndex={0} ref={root}>
        {onMove && (
          <p id={hint} className="sr">
            {t('board.hint')}
          </p>
        )}
        {stacks.map((s) => (
          <Column
            key={s.column.value}
            stack={s}
            limit={limits?.[s.column.value]}
            foot={foot?.(s)}
            on={!!onMove}
            onMore={onMore && (() => onMore(s.column))}
          >
            {s.rows.map((r) => (
              <Card
                key={r.id}
                entity={entity}
                row={r}
                hint={onMove ? hint : undefined}
                still={!onMove}
                onKeys={keys}
                onOpen={onOpen}
              >
                {body(r)}
              </Card>
            ))}
          </Column>
        ))}
      </div>
      {held && zones && (
        <div className="kanban-zones">
          {zones.map((z) => (
            <Zone key={z.value} column={z} />
          ))}
        </div>
      )}
      <span className="sr" aria-live="polite">
        {told}
      </span>
      <DragOverlay dropAnimation={null}>
        {held && (
          <div className="kanban-card held">
            <b className="clip">{titleOf(entity, held)}</b>
            {body(held)}
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}

function Zone({ column }: { column: BoardColumn }) {
  const { setNodeRef, isOver } = useDroppable({ id: `zone:${column.value}` });
  return (
    <div ref={setNodeRef} className={isOver ? 'kanban-zone over' : 'kanban-zone'}>
      <State tone={column.tone}>{column.label}</State>
    </div>
  );
}

interface ColumnProps {
  stack: Stack;
  limit?: number;
  foot?: ReactNode;
  on: boolean;
  onMore?: () => void;
  children: ReactNode;
}

function Column({ stack, limit, foot, on, onMore, children }: ColumnProps) {
  const { t } = useTranslation();
  const { setNodeRef, isOver } = useDroppable({ id: stack.column.value, disabled: !on });
  const id = useId();
  const full = limit !== undefined && stack.total > limit;
  return (
    <section className={isOver ? 'kanban-column over' : 'kanban-column'} ref={setNodeRef} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <State tone={stack.column.tone}>{stack.column.label}</State>
          <span className={full ? 'wip full' : 'wip'} title={full ? t('board.full', { n: limit }) : undefined}>
            {limit === undefined ? stack.total : `${stack.total}/${limit}`}
          </span>
        </h2>
        <span className="grow" />
        {foot ?? (!!stack.sums?.length && <span className="kanban-sum">{short(stack.sums)}</span>)}
      </header>
      <ul>{children}</ul>
      {stack.rows.length === 0 && <p className="kanban-none">{t('board.empty')}</p>}
      {onMore && stack.total > stack.rows.length && (
        <button type="button" className="tool kanban-more" onClick={onMore}>
          {t('board.more', { n: stack.total - stack.rows.length })}
        </button>
      )}
    </section>
  );
}

interface CardProps {
  entity: Entity;
  row: Row;
  hint?: string;
  still: boolean;
  onKeys: (e: KeyboardEvent, row: Row) => void;
  onOpen: (row: Row) => void;
  children: ReactNode;
}

function Card({ entity, row, hint, still, onKeys, onOpen, children }: CardProps) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: row.id, disabled: still });
  return (
    <li ref={setNodeRef} {...listeners} className={isDragging ? 'kanban-card gone' : 'kanban-card'}>
      <a
        data-card={row.id}
        href={`/${entity.path}/${row.id}`}
        draggable={false}
        aria-describedby={hint}
        onKeyDown={(e) => onKeys(e, row)}
        onClick={(e) => {
          if (e.ctrlKey || e.metaKey) return;
          e.preventDefault();
          onOpen(row);
        }}
      >
        {titleOf(entity, row)}
      </a>
      {children}
    </li>
  );
}

// Facts are what a card tells where no one says otherwise: whom it is about, how much, until when.
function Facts({ entity, row }: { entity: Entity; row: Row }) {
  const shown = entity.fields.filter((f) => f.list && f.name !== entity.title && f.name !== entity.state && row[f.name]);
  const about = shown.find((f) => f.ref && f.ref !== 'user');
  const much = shown.find((f) => f.kind === 'amount') ?? shown.find((f) => f.kind === 'quantity');
  const when = shown.find((f) => f.kind === 'date');
  const who = fieldOf(entity, 'owner_id') ?? fieldOf(entity, 'assignee_id');
  return (
    <>
      {about && (
        <div className="muted clip">
          <Value field={about} row={row} />
        </div>
      )}
      <div className="kanban-facts">
        {much && <b>{<Value field={much} row={row} />}</b>}
        <span className="grow" />
        {who && !about?.name.includes('user') && row[who.name] ? <Value field={who} row={row} /> : null}
        {when && <Value field={when} row={row} />}
      </div>
    </>
  );
}
