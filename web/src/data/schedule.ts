import type { ReactNode } from 'react';

// A day is counted from 1970, so that dates add up without time zones.
const ms = 86_400_000;
export const dayOf = (date: string) => Math.floor(Date.parse(`${date}T00:00:00Z`) / ms);
export const dateOf = (day: number) => new Date(day * ms).toISOString().slice(0, 10);
export const weekdayOf = (day: number) => (((day + 3) % 7) + 7) % 7; // 0: Monday

export interface GanttBar {
  id: string;
  title: string;
  start?: string; // YYYY-MM-DD; without it there is no bar
  end?: string; // the last day
  progress?: number; // 0 to 100, to draw
  needs?: string[]; // what must be done before
  level?: number; // how deep it stands below others
  group?: boolean; // sums up those below
  tone?: 'blue' | 'green' | 'amber' | 'red' | 'gray';
  critical?: boolean;
  still?: boolean; // cannot be moved
  base?: { start: string; end: string }; // what was promised
  about?: ReactNode; // beside the title
  note?: string; // read aloud and shown on hover
}

export type Zoom = 'day' | 'week' | 'month';
export const widths: Record<Zoom, number> = { day: 32, week: 14, month: 5 };

// spanOf is what the bars reach over, with a week of room on both sides, from a Monday on.
export function spanOf(bars: GanttBar[], today: string): { from: number; days: number } {
  const all = bars.flatMap((b) => [b.start, b.end, b.base?.start, b.base?.end].filter((d): d is string => !!d)).map(dayOf);
  const first = Math.min(dayOf(today), ...all) - 7;
  const from = first - weekdayOf(first);
  return { from, days: Math.max(dayOf(today), ...all) + 28 - from };
}

// criticalOf finds what must not slip: the bars that the last end waits for, through all dependencies without slack.
export function criticalOf(bars: GanttBar[]): Set<string> {
  const by = new Map(bars.filter((b) => b.start && b.end && !b.group).map((b) => [b.id, b]));
  const end = Math.max(...[...by.values()].map((b) => dayOf(b.end ?? '')));
  const latest = new Map<string, number>();
  const after = new Map<string, string[]>();
  for (const b of by.values()) for (const n of b.needs ?? []) after.set(n, [...(after.get(n) ?? []), b.id]);
  const late = (id: string, seen: Set<string>): number => {
    const known = latest.get(id);
    if (known !== undefined) return known;
    if (seen.has(id)) return end; // a circle: no one can say
    const next = (after.get(id) ?? []).flatMap((n) => {
      const b = by.get(n);
      return b ? [late(n, new Set(seen).add(id)) - (dayOf(b.end ?? '') - dayOf(b.start ?? '')) - 1] : [];
    });
    const value = Math.min(end, ...next);
    latest.set(id, value);
    return value;
  };
  return new Set([...by.values()].filter((b) => late(b.id, new Set()) <= dayOf(b.end ?? '')).map((b) => b.id));
}

export interface Mark {
  day: number;
  days: number;
  label: string;
}

const locale = (lang: string) => (lang === 'zh' ? 'zh-CN' : 'en');

// monthsOf and stepsOf are the two lines of the head: months above, days, weeks or months below.
export function monthsOf(from: number, days: number, lang: string): Mark[] {
  const f = new Intl.DateTimeFormat(locale(lang), { year: 'numeric', month: 'short', timeZone: 'UTC' });
  return cut(
    from,
    days,
    (d) => dateOf(d).slice(0, 7),
    (d) => f.format(d * ms),
  );
}

export function stepsOf(from: number, days: number, zoom: Zoom, week: (n: number) => string): Mark[] {
  if (zoom === 'day')
    return Array.from({ length: days }, (_, i) => ({
      day: from + i,
      days: 1,
      label: String(new Date((from + i) * ms).getUTCDate()),
    }));
  if (zoom === 'week')
    return Array.from({ length: Math.ceil(days / 7) }, (_, i) => ({
      day: from + i * 7,
      days: 7,
      label: week(weekOf(from + i * 7)),
    }));
  return cut(
    from,
    days,
    (d) => String(Math.floor((d - from) / 14)),
    (d) => dateOf(d).slice(5),
  );
}

function cut(from: number, days: number, key: (day: number) => string, label: (day: number) => string): Mark[] {
  const out: Mark[] = [];
  let last = '';
  for (let d = from; d < from + days; d++) {
    const k = key(d);
    const open = out.at(-1);
    if (k === last && open) open.days++;
    else out.push({ day: d, days: 1, label: label(d) });
    last = k;
  }
  return out;
}

// weekOf is the week of the year as ISO counts it.
export function weekOf(day: number): number {
  const thursday = day - weekdayOf(day) + 3;
  const first = dayOf(`${dateOf(thursday).slice(0, 4)}-01-01`);
  return Math.floor((thursday - first) / 7) + 1;
}
