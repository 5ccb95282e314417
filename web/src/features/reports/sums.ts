import type { Column, Report } from '@/meta/reports';
import { add } from '@/ui/decimal';
import { summing } from './codes';
import type { Line } from './drill';

const standing = new Set(['opening', 'closing']);

// sumsOf adds up what may be added up: no rows that are totals themselves, no balances that run, no amounts of several currencies.
export function sumsOf(report: Report, columns: Column[], rows: Line[]): Record<string, string> | undefined {
  const total = columns.filter((c) => c.total);
  if (total.length === 0 || rows.length === 0 || rows.some(summing)) return undefined;
  const currencies = new Set(rows.flatMap((r) => (typeof r.currency === 'string' ? [r.currency] : [])));
  const running = (c: Column) => standing.has(c.name) || (c.name === 'balance' && report.name.endsWith('ledger'));
  const summed = total.filter((c) => !running(c) && (currencies.size < 2 || c.name === 'value'));
  if (summed.length === 0) return undefined;
  return Object.fromEntries(summed.map((c) => [c.name, add(...rows.map((r) => (r[c.name] as string | null) ?? '0'))]));
}

// asCSV writes rows for a spreadsheet. What looks like a formula is made a text.
export function asCSV(columns: Column[], rows: Line[], say: (c: Column, row: Line) => string): string {
  const cell = (s: string) => {
    const safe = /^[=+@]|^-(?!\d)/.test(s) ? `'${s}` : s;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const head = columns.map((c) => cell(c.label)).join(',');
  return `\ufeff${[head, ...rows.map((r) => columns.map((c) => cell(say(c, r))).join(','))].join('\r\n')}\r\n`;
}
