import { describe, expect, test } from 'vitest';
import type { Entity, Field, Row } from '@/meta/types';
import { bunches } from './bunches';
import { clashes } from './Conflict';
import { bodyOf, draftOf, isDirty, newLine, totalOf } from './draft';
import { filterField, filterFields } from './FilterField';
import { countOf, type Group, parseGroup, printGroup } from './group';
import { read, rowsOf } from './paste';
import { askOf, nextSort, orderOf, readState, writeState } from './query';

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
  test('begins in the order of the records, by code, or with the newest', () => {
    const listed = (...names: string[]) => ({ fields: names.map((name) => ({ name, list: true })) }) as Entity;
    expect(orderOf(listed('code', 'sequence'))).toEqual({ sort: 'sequence' });
    expect(orderOf(listed('name', 'code'))).toEqual({ sort: 'code' });
    expect(orderOf(listed('no'))).toEqual({});
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

describe('conditions in groups', () => {
  const text =
    '{"or":[{"field":"status","op":"in","value":"a,b"},{"and":[{"field":"no","value":"1"},{"field":"due","op":"null","value":"true"}]}]}';
  test('stand in the address as the API takes them', () => {
    expect(printGroup(parseGroup(text))).toBe(text);
    expect(writeState(readState({ filter: text, no: '1' }))).toEqual({ filter: text, no: '1' });
    expect(askOf(readState({ filter: text }))).toEqual({ filter: text });
    expect(countOf(parseGroup(text) as Group)).toBe(4);
  });
  test('leave out what says nothing', () => {
    const cond = (value: string) => ({ field: 'no', op: 'eq' as const, value });
    expect(printGroup({ join: 'or', nodes: [cond(''), { join: 'and', nodes: [cond('')] }, cond('2')] })).toBe(
      '{"or":[{"field":"no","value":"2"}]}',
    );
    expect(printGroup({ join: 'or', nodes: [cond('')] })).toBe('');
  });
  test('are nothing where they cannot be read', () => {
    for (const bad of ['', '{', '7', 'null', '{"or":7}', '{"or":[{}]}', '{"value":"x"}']) expect(parseGroup(bad)).toBeUndefined();
    expect(parseGroup('{"field":"no","value":5}')).toEqual({ join: 'and', nodes: [{ field: 'no', op: 'eq', value: '5' }] });
  });
});

describe('bunches', () => {
  test('of a value in two currencies are one group, and what has none is asked for as such', () => {
    const got = bunches(
      [
        { status: 'draft', currency: 'CNY', count: 2, sums: { total_amount: '10.00' } },
        { status: null, currency: 'CNY', count: 9, sums: { total_amount: '0.00' } },
        { status: 'draft', currency: 'USD', count: 1, sums: { total_amount: '5.00' } },
      ],
      'status',
    );
    expect(got.map((g) => [g.value, g.count, g.filter])).toEqual([
      [null, 9, { 'status[null]': 'true' }],
      ['draft', 3, { status: 'draft' }],
    ]);
    expect(got[1]?.sums.total_amount).toEqual([
      { currency: 'CNY', value: '10.00' },
      { currency: 'USD', value: '5.00' },
    ]);
  });
});

describe('conditions', () => {
  test('speak of a document and of its lines', () => {
    expect(filterFields(order).map((f) => f.name)).toEqual([
      'no',
      'note',
      'customer_id',
      'lines.product_id',
      'lines.quantity',
      'lines.due',
    ]);
    expect(filterField(order, 'lines.product_id')).toMatchObject({ label: 'Lines · product_id', ref: 'inventory.product' });
    expect(filterField(order, 'lines.colour')).toBeUndefined();
  });
});
