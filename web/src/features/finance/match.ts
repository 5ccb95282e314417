import type { Row } from '@/meta/types';
import { add, compare, isZero, minus } from '@/ui/decimal';

// OpenItem is a document that is not settled, or not all of it.
export interface OpenItem {
  id: string;
  kind: 'invoice_id' | 'bill_id' | 'credit_note_id'; // as a match names it
  path: string;
  no: string;
  reference: string;
  date: string;
  due: string;
  currency: string;
  open: string;
  total: string;
}

// Want is by how much a document is to be settled; the write-off is the part of it that is no money (negative: money beyond it).
export interface Want {
  item: OpenItem;
  amount: string;
  writeOff: string;
}

const text = (v: unknown) => (v === null || v === undefined ? '' : String(v));

export const itemOf = (kind: OpenItem['kind'], path: string, r: Row): OpenItem => ({
  id: r.id,
  kind,
  path,
  no: text(r.no),
  reference: text(r.order_no || r.vendor_reference || r.reason),
  date: text(r.date),
  due: text(r.due_date || r.date),
  currency: text(r.currency),
  open: text(r.residual_amount),
  total: text(r.total_amount),
});

export const moneyOf = (w: Want) => minus(w.amount, w.writeOff || '0');
export const sumOf = (wants: Want[]) => add(...wants.map(moneyOf));
const abs = (v: string) => v.replace('-', '');
const least = (a: string, b: string) => (compare(a, b) <= 0 ? a : b);

// take adds a document to what a payment settles: with all that is left of the money, or what is open of it; a difference within the tolerance is written off.
export function take(wants: Want[], item: OpenItem, left: string, tolerance: string): Want[] {
  if (wants.some((w) => w.item.id === item.id) || compare(left, '0') <= 0) return wants;
  const off = minus(item.open, left);
  if (!isZero(off) && compare(off, '0') > 0 && compare(off, tolerance) <= 0)
    return [...wants, { item, amount: item.open, writeOff: off }];
  return [...wants, { item, amount: least(item.open, left), writeOff: '0' }];
}

// suggest finds what a payment settles: documents that it names; the one of its amount, or within the tolerance of it; else the oldest first.
export function suggest(items: OpenItem[], money: string, told: string, tolerance: string): Want[] {
  const said = items.filter((i) => [i.no, i.reference].some((n) => n.length > 3 && told.includes(n)));
  const same = items.find((i) => compare(i.open, money) === 0);
  const close = items.find((i) => compare(abs(minus(i.open, money)), tolerance) <= 0);
  const order = said.length
    ? said
    : same
      ? [same]
      : close
        ? [close]
        : [...items].sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
  if (!said.length && !same && close) return [{ item: close, amount: close.open, writeOff: minus(close.open, money) }];
  let out: Want[] = [];
  for (const i of order) out = take(out, i, minus(money, sumOf(out)), tolerance);
  return out;
}

// bodyOf is a list of matches as the API takes it.
export const bodyOf = (wants: Want[]) =>
  wants.map((w) => ({ [w.item.kind]: w.item.id, amount: w.amount, ...(isZero(w.writeOff) ? {} : { write_off: w.writeOff }) }));
