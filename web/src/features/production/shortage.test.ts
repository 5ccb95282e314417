import { expect, test } from 'vitest';
import type { Row } from '@/meta/types';
import { openOf, shortagesOf } from './shortage';

const order = (id: string, materials: object[]): Row => ({ id, version: 1, start_date: '2026-03-09', materials }) as Row;
const material = (
  product_id: string,
  quantity: string,
  issued_quantity: string,
  reserved_quantity: string,
  need_by: string | null,
) => ({
  product_id,
  quantity,
  issued_quantity,
  reserved_quantity,
  need_by,
});

test('what is neither issued nor reserved is missing, summed by product, the earliest need first', () => {
  const a = order('a', [material('steel', '10', '4', '5.5', '2026-03-05'), material('bolt', '8', '8', '0', null)]);
  const b = order('b', [material('steel', '1', '0', '0', '2026-03-02'), material('belt', '2', '0', '0', null)]);
  const found = shortagesOf([a, b]);
  expect(found.map((s) => [s.id, s.quantity, s.need_by, s.orders.length])).toEqual([
    ['steel', '1.5', '2026-03-02', 2],
    ['belt', '2', '2026-03-09', 1],
  ]);
});

test('what is scrapped is no longer to be made', () => {
  expect(openOf({ id: 'a', version: 1, quantity: '10', done_quantity: '6', scrap_quantity: '1', rejected_quantity: '0' })).toBe(
    '3',
  );
  expect(openOf({ id: 'a', version: 1, quantity: '10', done_quantity: '12' })).toBe('0');
});
