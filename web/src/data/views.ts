import { CalendarDays, ChartGantt, Columns3, ListTree } from 'lucide-react';
import { system } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { boardField } from './board';
import { all, type ListView } from './feature';

// dateFields are the dates that a calendar may stand by, those that people plan by first.
export const dateFields = (e: Entity) =>
  e.fields
    .filter((f) => f.kind === 'date' && !system.has(f.name))
    .sort(
      (a, b) =>
        Number(!!b.list) - Number(!!a.list) ||
        Number(/due|requested|need|close|expected/.test(b.name)) - Number(/due|requested|need|close|expected/.test(a.name)),
    );

// spanFields are the dates that something begins and ends at, where it has both.
export function spanFields(e: Entity): [string, string] | undefined {
  const has = (n: string) => e.fields.some((f) => f.name === n && f.kind === 'date');
  const end = ['end_date', 'due_date'].find(has);
  return has('start_date') && end ? ['start_date', end] : undefined;
}

const parented = (e: Entity) => e.fields.some((f) => f.name === 'parent_id' && f.ref === e.name);

// nested puts rows below those that they belong to, and says how deep they stand.
export function nested(rows: Row[]): { row: Row; level: number }[] {
  const here = new Set(rows.map((r) => r.id));
  const below = new Map<string, Row[]>();
  for (const r of rows) {
    const over = typeof r.parent_id === 'string' && here.has(r.parent_id) ? r.parent_id : '';
    below.set(over, [...(below.get(over) ?? []), r]);
  }
  const walk = (id: string, level: number): { row: Row; level: number }[] =>
    (below.get(id) ?? []).flatMap((row) => [{ row, level }, ...walk(row.id, level + 1)]);
  return walk('', 0);
}

// viewsOf are the ways to look at a list beside the table: those of its module, then the board and the calendar that its fields allow.
export function viewsOf(entity: Entity): ListView[] {
  const own = all('views').filter((v) => v.entity === entity.name);
  const has = (key: string) => own.some((v) => v.key === key);
  const common: ListView[] = [];
  if (boardField(entity) && !has('board'))
    common.push({ entity: entity.name, key: 'board', label: 'view.board', icon: Columns3, load: () => import('./BoardView') });
  if (dateFields(entity).length > 0 && !has('calendar'))
    common.push({
      entity: entity.name,
      key: 'calendar',
      label: 'view.calendar',
      icon: CalendarDays,
      load: () => import('./CalendarView'),
    });
  if (spanFields(entity) && !has('gantt'))
    common.push({ entity: entity.name, key: 'gantt', label: 'view.gantt', icon: ChartGantt, load: () => import('./GanttView') });
  if (parented(entity) && !has('tree'))
    common.push({ entity: entity.name, key: 'tree', label: 'view.tree', icon: ListTree, load: () => import('./TreeView') });
  return [...own, ...common];
}
