import { CalendarDays, Columns3 } from 'lucide-react';
import { system } from '@/meta/meta';
import type { Entity } from '@/meta/types';
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
  return [...own, ...common];
}
