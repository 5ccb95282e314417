import { describe, expect, test } from 'vitest';
import type { Entity, Field, Row } from '@/meta/types';
import { clashes } from './Conflict';
import { bodyOf, draftOf, isDirty, newLine, totalOf } from './draft';
import { read, rowsOf } from './paste';
import { askOf, nextSort, readState, writeState } from './query';

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind: 'text',
  class: 'basic',
  edit: true,
  ...more,
});

const order: Entity = {
  name: 'sales.order',
  path: 'sales/orders',
  label: 'Order',
  create: true,
  delete: true,
  export: true,
  fields: [
    field('no', { edit: false, computed: true }),
    field('note'),
    field('customer_id', { kind: 'id', ref: 'crm.customer', required: true }),
  ],
  lines: [
    {
      name: 'lines',
      label: 'Lines',
      fields: [
        field('product_id', { kind: 'id', ref: 'inventory.product' }),
        field('quantity', { kind: 'quantity' }),
        field('due', { kind: 'date' }),
      ],
    },
  ],
};
const row: Row = {
  id: 'a',
  version: 1,
  no: 'SO1',
  note: 'x',
  customer_id: 'c',
  lines: [{ id: 'l', version: 1, product_id: 'p', quantity: '2' }],
};

describe('a draft', () => {
  test('sends only what was changed', () => {
    const before = draftOf(order, row);
    const now = { ...before, values: { ...before.values, note: 'y' } };
    expect(bodyOf(now, before)).toEqual({ note: 'y' });
    expect(isDirty(before, before)).toBe(false);
  });
  test('sends all lines with their ids when one was changed', () => {
    const before = draftOf(order, row);
    const now = { ...before, lines: { lines: [...(before.lines.lines ?? []), newLine({ product_id: 'q', quantity: '1' })] } };
    expect(bodyOf(now, before)).toEqual({
      lines: [
        { id: 'l', product_id: 'p', quantity: '2' },
        { product_id: 'q', quantity: '1' },
      ],
    });
  });
  test('of a new record leaves out what is empty', () => {
    const d = draftOf(order);
    expect(bodyOf({ ...d, values: { ...d.values, note: '', customer_id: 'c' } })).toEqual({ customer_id: 'c' });
  });
  test('of a copy makes new lines', () => {
    expect(bodyOf(draftOf(order, row, true)).lines).toEqual([{ product_id: 'p', quantity: '2' }]);
  });
  test('adds up its lines', () => {
    expect(
      totalOf([
        newLine({ quantity: '3', unit_price: '0.1' }),
        newLine({ quantity: '1', unit_price: '100', discount_percent: '5' }),
      ]),
    ).toBe('95.3');
  });
});

describe('pasting', () => {
  const fields = order.lines?.[0]?.fields ?? [];
  test('reads cells, quotes and line breaks in them', () => {
    expect(rowsOf('a\tb\r\n"x\ny"\t"q""q"\r\n')).toEqual([
      ['a', 'b'],
      ['x\ny', 'q"q'],
    ]);
  });
  test('turns texts into values and names what it cannot read', () => {
    const got = read(rowsOf('P-1\t1,200\t2026/3/5\nP-2\tmany\t'), fields, 0);
    expect(got.rows).toEqual([{ quantity: '1200', due: '2026-03-05' }, {}]);
    expect(got.open.map((o) => o.text)).toEqual(['P-1', 'P-2']);
    expect(got.refused.map((r) => [r.row, r.field.name, r.text])).toEqual([[1, 'quantity', 'many']]);
  });
});

describe('the address of a list', () => {
  test('holds its state both ways', () => {
    const search = { status: 'open', 'amount[gte]': '10', q: 'x', sort: '-no', cols: 'no,status', view: 'v' };
    expect(writeState(readState(search))).toEqual(search);
    expect(askOf(readState(search))).toEqual({ status: 'open', 'amount[gte]': '10', q: 'x', sort: '-no' });
  });
  test('sorts up, down, not at all; by more with Shift', () => {
    expect(nextSort('', 'no', false)).toBe('no');
    expect(nextSort('no', 'no', false)).toBe('-no');
    expect(nextSort('-no', 'no', false)).toBe('');
    expect(nextSort('no', 'date', true)).toBe('no,date');
  });
});

test('only what both changed to different values is a conflict', () => {
  const theirs = { ...row, version: 2, note: 'theirs', customer_id: 'd' };
  expect(clashes(row, theirs, { note: 'mine' })).toEqual(['note']);
  expect(clashes(row, theirs, { note: 'theirs' })).toEqual([]);
  expect(clashes(row, { ...row, version: 2 }, { note: 'mine' })).toEqual([]);
});
