import { expect, test } from 'vitest';
import type { Row } from '@/meta/types';
import { grouped, offersOf, sums } from './desk';

const row = (id: string, more: object): Row => ({ id, version: 1, ...more }) as Row;

test('requisitions stand under their vendors; those without one first, then by need', () => {
  const found = grouped([
    row('a', { vendor_id: 'v1', need_by: '2026-03-09' }),
    row('b', { vendor_id: 'v2', need_by: '2026-03-02' }),
    row('c', { vendor_id: null, need_by: null }),
    row('d', { vendor_id: 'v1', need_by: '2026-03-05' }),
  ]);
  expect(found.map((g) => [g.vendor, g.rows.map((r) => r.id).join('')])).toEqual([
    ['', 'c'],
    ['v2', 'b'],
    ['v1', 'da'],
  ]);
});

test('amounts add up by currency', () => {
  expect(
    sums([
      row('a', { quantity: '3', price: '0.1', currency: 'CNY' }),
      row('b', { quantity: '1', price: '0.2', currency: 'CNY' }),
      row('c', { quantity: '2', price: '5', currency: 'EUR' }),
    ]),
  ).toEqual([
    ['CNY', '0.5'],
    ['EUR', '10'],
  ]);
});

test('offers are compared by the own unit, and only where they apply', () => {
  const product = row('p', { unit: 'pcs', units: [{ unit: 'box', numerator: '6', denominator: '1' }] });
  const prices = [
    row('piece', { price: '11', unit: '', min_quantity: '0', max_quantity: '0' }),
    row('box', { price: '60', unit: 'box', min_quantity: '1', max_quantity: '0' }),
    row('many', { price: '8', unit: '', min_quantity: '100', max_quantity: '0' }),
    row('old', { price: '1', unit: '', min_quantity: '0', valid_to: '2025-12-31' }),
  ];
  const found = offersOf(prices, product, '12', '2026-03-01');
  expect(found.map((o) => [o.row.id, o.price, o.applies])).toEqual([
    ['box', '10', true],
    ['piece', '11', true],
    ['many', '8', false],
  ]);
});
