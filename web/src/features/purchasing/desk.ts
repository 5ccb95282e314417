import type { Row } from '@/meta/types';
import { add, compare, divide, round, times } from '@/ui/decimal';

export interface Group {
  vendor: string; // '' where none is chosen yet
  rows: Row[];
}

// grouped puts requisitions under their vendors, what is needed first on top; those without a vendor come first, they need a decision.
export function grouped(rows: Row[]): Group[] {
  const by = new Map<string, Row[]>();
  for (const r of rows) {
    const vendor = String(r.vendor_id ?? '');
    by.set(vendor, [...(by.get(vendor) ?? []), r]);
  }
  const first = (g: Group) => String(g.rows[0]?.need_by ?? '9');
  return [...by]
    .map(([vendor, list]) => ({
      vendor,
      rows: list.sort((a, b) => String(a.need_by ?? '9').localeCompare(String(b.need_by ?? '9'))),
    }))
    .sort((a, b) => Number(b.vendor === '') - Number(a.vendor === '') || first(a).localeCompare(first(b)));
}

export const amountOf = (r: Row) => round(times(String(r.quantity ?? '0'), String(r.price ?? '0')), 2);

// sums adds amounts up by currency.
export function sums(rows: Row[]): [string, string][] {
  const by = new Map<string, string>();
  for (const r of rows) {
    const currency = String(r.currency || '');
    by.set(currency, add(by.get(currency), amountOf(r)));
  }
  return [...by].filter(([, v]) => compare(v, '0') !== 0);
}

export interface Offer {
  row: Row;
  price: string; // for one of the product's own unit
  applies: boolean; // to the quantity that is needed
}

const text = (v: unknown) => (typeof v === 'string' ? v : '');

// offersOf are a product's valid prices by its own unit, the cheapest that applies first.
export function offersOf(prices: Row[], product: Row | undefined, quantity: string, today: string): Offer[] {
  const units = (product?.units as Row[] | undefined) ?? [];
  const factor = (unit: string) => {
    const own = units.find((u) => u.unit === unit);
    return own ? divide(text(own.numerator) || '1', text(own.denominator) || '1') : '1';
  };
  return prices
    .filter((p) => (!p.valid_from || text(p.valid_from) <= today) && (!p.valid_to || text(p.valid_to) >= today))
    .map((row) => {
      const one = factor(text(row.unit));
      const need = divide(quantity, one);
      const most = text(row.max_quantity);
      const below = compare(need, text(row.min_quantity)) < 0;
      const above = compare(most, '0') > 0 && compare(need, most) > 0;
      return { row, price: divide(text(row.price), one), applies: !below && !above };
    })
    .sort((a, b) => Number(b.applies) - Number(a.applies) || compare(a.price, b.price));
}
