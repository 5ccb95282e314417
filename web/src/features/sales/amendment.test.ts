import { expect, test } from 'vitest';
import { changesOf, linesOf } from './amendment';

const before = [
  { id: 'a', version: 1, product_id: 'p', quantity: '2', unit_price: '10.00', discount_percent: '0' },
  { id: 'b', version: 1, product_id: 'q', quantity: '1', unit_price: '5.00', discount_percent: '0' },
];

test('only what differs is sent; a line that is gone is removed; numbers are compared as numbers', () => {
  const now = [
    { _key: '1', id: 'a', product_id: 'p', quantity: '3', unit_price: '10', discount_percent: '0' },
    { _key: '2', product_id: 'r', quantity: '4' },
    { _key: '3' },
  ];
  const changes = changesOf(before, now);
  expect(changes.map((c) => c.kind)).toEqual(['changed', 'added', 'removed']);
  expect(linesOf(changes)).toEqual([
    { id: 'a', quantity: '3' },
    { product_id: 'r', quantity: '4' },
    { id: 'b', remove: true },
  ]);
  expect(
    changesOf(
      before,
      before.map((l) => ({ ...l, _key: l.id })),
    ),
  ).toEqual([]);
});
