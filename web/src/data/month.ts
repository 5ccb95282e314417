import { dateOf, dayOf, weekdayOf } from './schedule';

// weeksOf are the days of a month, in whole weeks from Monday to Sunday.
export function weeksOf(month: string): string[][] {
  const first = dayOf(`${month}-01`);
  const from = first - weekdayOf(first);
  const next = dayOf(`${stepMonth(month, 1)}-01`);
  const weeks: string[][] = [];
  for (let d = from; d < next; d += 7) weeks.push(Array.from({ length: 7 }, (_, i) => dateOf(d + i)));
  return weeks;
}

export function stepMonth(month: string, by: number): string {
  const [y = 0, m = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(y, m - 1 + by, 1)).toISOString().slice(0, 7);
}

export const shiftDate = (date: string, by: number) => dateOf(dayOf(date) + by);
