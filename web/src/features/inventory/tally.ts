import { add, compare } from '@/ui/decimal';

// Counted is how much of a line was scanned, of one lot where lots are kept.
export interface Counted {
  line: string;
  lot: string;
  quantity: string;
}

export interface Scan {
  times: string;
  code: string;
}

// readScan takes a quantity before a star: "12*RM-0103" is twelve scans in one.
export function readScan(text: string): Scan {
  const m = /^(\d+(?:\.\d+)?)[*×xX](.+)$/.exec(text);
  return m ? { times: m[1] ?? '1', code: (m[2] ?? '').trim() } : { times: '1', code: text };
}

export const same = (a: unknown, b: string) => String(a ?? '').toLowerCase() === b.toLowerCase();

// counted adds to what was scanned of a line and lot.
export function counted(all: Counted[], line: string, lot: string, quantity: string): Counted[] {
  const at = all.findIndex((c) => c.line === line && c.lot === lot);
  if (at < 0) return [...all, { line, lot, quantity }];
  return all.map((c, i) => (i === at ? { ...c, quantity: add(c.quantity, quantity) } : c));
}

// set replaces what was scanned of a line and lot; nothing takes it away.
export function set(all: Counted[], line: string, lot: string, quantity: string): Counted[] {
  const rest = all.filter((c) => c.line !== line || c.lot !== lot);
  return compare(quantity, '0') > 0 ? [...rest, { line, lot, quantity }] : rest;
}

export const countedOf = (all: Counted[], line: string) => add(...all.filter((c) => c.line === line).map((c) => c.quantity));

export interface Want {
  id: string;
  product: string;
  quantity: string;
}

// lineFor is the line that a scan of a product counts for: the first that still wants some, else the last.
export function lineFor(lines: Want[], all: Counted[], product: string): Want | undefined {
  const mine = lines.filter((l) => l.product === product);
  return mine.find((l) => compare(countedOf(all, l.id), l.quantity) < 0) ?? mine.at(-1);
}
