import type { Line } from '@/data/draft';
import type { Row } from '@/meta/types';
import { compare } from '@/ui/decimal';

// What of a line can be amended.
export const amendable = ['product_id', 'quantity', 'unit_price', 'discount_percent'] as const;

export interface LineChange {
  kind: 'added' | 'removed' | 'changed';
  line: Record<string, unknown>;
  fields: { name: string; from: string; to: string }[];
}

const same = (a: unknown, b: unknown) =>
  a === b ||
  (typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '' && /^[\d.-]+$/.test(a + b) && compare(a, b) === 0);

// changesOf compares the lines of an order with what they should become.
export function changesOf(before: Row[], now: Line[]): LineChange[] {
  const kept = new Set(now.map((l) => l.id));
  const removed = before.filter((b) => !kept.has(b.id)).map((line): LineChange => ({ kind: 'removed', line, fields: [] }));
  const rest = now.flatMap((l): LineChange[] => {
    const old = before.find((b) => b.id === l.id);
    if (!old) return l.product_id && l.quantity ? [{ kind: 'added', line: l, fields: [] }] : [];
    const fields = amendable
      .filter((n) => l[n] !== null && l[n] !== undefined && l[n] !== '' && !same(l[n], old[n]))
      .map((name) => ({ name, from: String(old[name] ?? ''), to: String(l[name]) }));
    return fields.length ? [{ kind: 'changed', line: { ...old, id: old.id }, fields }] : [];
  });
  return [...rest, ...removed];
}

// linesOf is how changes are sent: what is left out stays.
export const linesOf = (changes: LineChange[]) =>
  changes.map((c) => {
    if (c.kind === 'removed') return { id: c.line.id, remove: true };
    if (c.kind === 'changed') return { id: c.line.id, ...Object.fromEntries(c.fields.map((f) => [f.name, f.to])) };
    return Object.fromEntries(amendable.filter((n) => c.line[n]).map((n) => [n, c.line[n]]));
  });
