import type { Row } from '@/meta/types';
import { add, compare, minus } from '@/ui/decimal';

const text = (v: unknown) => (typeof v === 'string' ? v : '0');

export const materialsOf = (order: Row) => (order.materials as Row[] | undefined) ?? [];

// openOf is how much is still to be made.
export const openOf = (order: Row) => {
  const left = minus(
    text(order.quantity),
    add(text(order.done_quantity), text(order.scrap_quantity), text(order.rejected_quantity)),
  );
  return compare(left, '0') > 0 ? left : '0';
};

export const leftOf = (m: Row) => {
  const left = minus(text(m.quantity), text(m.issued_quantity));
  return compare(left, '0') > 0 ? left : '0';
};

// missingOf is what of a material is neither issued nor held for the order.
export const missingOf = (m: Row) => {
  const missing = minus(leftOf(m), text(m.reserved_quantity));
  return compare(missing, '0') > 0 ? missing : '0';
};

export const lacks = (order: Row) => materialsOf(order).filter((m) => compare(missingOf(m), '0') > 0);

export interface Shortage {
  id: string; // the product
  quantity: string;
  need_by: string;
  orders: Row[];
}

// shortagesOf sums up what open orders lack, what is needed first on top.
export function shortagesOf(orders: Row[]): Shortage[] {
  const by = new Map<string, Shortage>();
  for (const o of orders) {
    for (const m of lacks(o)) {
      const id = String(m.product_id);
      const at = by.get(id) ?? { id, quantity: '0', need_by: '', orders: [] };
      const date = text(m.need_by) === '0' ? String(o.start_date ?? '') : text(m.need_by);
      at.quantity = add(at.quantity, missingOf(m));
      if (date && (!at.need_by || date < at.need_by)) at.need_by = date;
      if (!at.orders.includes(o)) at.orders.push(o);
      by.set(id, at);
    }
  }
  return [...by.values()].sort((a, b) => (a.need_by || '9').localeCompare(b.need_by || '9'));
}
