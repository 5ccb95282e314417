import { expect, test } from 'vitest';
import { bodyOf, type OpenItem, suggest, sumOf, take } from './match';

const item = (no: string, open: string, due: string): OpenItem => ({
  id: no,
  kind: 'invoice_id',
  path: 'finance/invoices',
  no,
  reference: '',
  date: due,
  due,
  currency: 'CNY',
  open,
  total: open,
});
const items = [
  item('INV-1', '100.00', '2026-03-01'),
  item('INV-2', '50.00', '2026-01-01'),
  item('INV-3', '149.98', '2026-02-01'),
];
const found = (money: string, told = '', tolerance = '1') =>
  suggest(items, money, told, tolerance).map((w) => [w.item.no, w.amount, w.writeOff]);

test('a document that the payment names comes first', () => {
  expect(found('40', '货款 INV-1')).toEqual([['INV-1', '40', '0']]);
});

test('the document of the same amount, or within the tolerance', () => {
  expect(found('50.00')).toEqual([['INV-2', '50.00', '0']]);
  expect(found('99.97')).toEqual([['INV-1', '100.00', '0.03']]);
  expect(found('100.02')).toEqual([['INV-1', '100.00', '-0.02']]);
});

test('else the oldest first, until the money is used up', () => {
  expect(found('120', '', '0.01')).toEqual([
    ['INV-2', '50.00', '0'],
    ['INV-3', '70', '0'],
  ]);
});

test('money is what is settled less what is written off', () => {
  const wants = take([], items[0] as OpenItem, '99.5', '1');
  expect(sumOf(wants)).toBe('99.5');
  expect(bodyOf(wants)).toEqual([{ invoice_id: 'INV-1', amount: '100.00', write_off: '0.5' }]);
  expect(take(wants, items[1] as OpenItem, '0', '1')).toBe(wants);
});
