import type { GanttBar } from '@/data/schedule';
import type { Row } from '@/meta/types';
import { add, compare, ratio } from '@/ui/decimal';
import { lacks } from './shortage';

export interface Load {
  id?: string;
  work_center_id: string;
  minutes: string;
  available_minutes: string;
}

interface Words {
  name: (order: Row) => string;
  center: (center: Row, percent: number | undefined) => string;
  other: string;
  may: (order: Row) => boolean;
}

const tones = { planned: 'gray', released: 'blue', in_progress: 'green' } as const;

function barOf(order: Row, id: string, start: unknown, end: unknown, words: Words): GanttBar {
  const late = Number(order.late_days ?? 0) > 0;
  return {
    id,
    title: words.name(order),
    start: typeof start === 'string' ? start : undefined,
    end: typeof end === 'string' ? end : undefined,
    level: 1,
    tone: late ? 'red' : lacks(order).length ? 'amber' : (tones[order.status as keyof typeof tones] ?? 'gray'),
    progress: Number(order.progress ?? 0) || undefined,
    still: !words.may(order),
  };
}

// barsOf lays operations out by work centre, with each centre's load over the coming four weeks; orders without operations stand last.
export function barsOf(orders: Row[], centers: Row[], loads: Load[], words: Words): GanttBar[] {
  const bars: GanttBar[] = [];
  const under = (group: GanttBar, list: GanttBar[]) => {
    if (list.length === 0) return;
    const days = list.flatMap((b) => [b.start, b.end].filter((d): d is string => !!d)).sort();
    bars.push({ ...group, start: days[0], end: days.at(-1), group: true, still: true });
    bars.push(...list.sort((a, b) => (a.start ?? '9').localeCompare(b.start ?? '9')));
  };
  for (const c of centers) {
    const mine = loads.filter((l) => l.work_center_id === c.id);
    const room = add(...mine.map((l) => l.available_minutes));
    const need = add(...mine.map((l) => l.minutes));
    const percent = compare(room, '0') > 0 ? Math.round(ratio(need, room) * 100) : undefined;
    const full = mine.some((l) => compare(l.minutes, l.available_minutes) > 0);
    const list = orders.flatMap((o) =>
      ((o.operations as Row[] | undefined) ?? [])
        .filter((op) => op.work_center_id === c.id)
        .map((op) => barOf(o, `${o.id}/${op.id}`, op.planned_start ?? o.start_date, op.planned_end ?? o.due_date, words)),
    );
    under({ id: `center/${c.id}`, title: words.center(c, percent), tone: full ? 'red' : 'gray' }, list);
  }
  const known = new Set(centers.map((c) => c.id));
  const rest = orders.filter(
    (o) => !((o.operations as Row[] | undefined) ?? []).some((op) => known.has(String(op.work_center_id))),
  );
  under(
    { id: 'center/none', title: words.other, tone: 'gray' },
    rest.map((o) => barOf(o, o.id, o.start_date, o.due_date, words)),
  );
  return bars;
}
