import { expect, test } from 'vitest';
import type { Entity, Field } from '@/meta/types';
import { fits, mappingOf, ordered, type Part } from './takeover';

const field = (name: string, ref?: string): Field => ({
  name,
  label: name,
  kind: ref ? 'id' : 'text',
  ref,
  class: 'basic',
  edit: true,
});
const entity = (name: string, path: string, fields: Field[], lines: Field[] = []): Entity => ({
  name,
  path,
  label: name,
  create: true,
  delete: false,
  export: true,
  import: true,
  fields,
  lines: lines.length ? [{ name: 'lines', label: 'lines', fields: lines }] : [],
});
const list = [
  entity('inventory.stock_count', 'inventory/stock_counts', [field('location_id')], [field('product_id', 'inventory.product')]),
  entity('inventory.product', 'inventory/products', [field('number'), field('name')]),
  entity('crm.customer', 'crm/customers', [field('name'), field('territory')]),
];
const part = (path: string): Part => ({
  key: path,
  file: new File([], path),
  head: { titles: [], samples: [] },
  mapping: {},
  path,
  after: '',
});

test('what a file holds is guessed by its name, else by its columns', () => {
  expect(fits(list, 'customers.csv', ['x'])).toBe('crm/customers');
  expect(fits(list, 'inventory_products.xlsx', ['x'])).toBe('inventory/products');
  expect(fits(list, 'export-7.csv', ['name', 'territory'])).toBe('crm/customers');
  expect(fits(list, 'export-7.csv', ['colour'])).toBe('');
});

test('what others point to comes in before them', () => {
  const paths = ordered(['crm/customers', 'inventory/stock_counts', 'inventory/products'].map(part), list).map((p) => p.path);
  expect(paths).toEqual(['crm/customers', 'inventory/products', 'inventory/stock_counts']);
});

test('a column fills what people say, and the rest what is guessed', () => {
  const customers = list[2] as Entity;
  const p = { ...part('crm/customers'), head: { titles: ['客户 name', 'region', 'other'], samples: [] } };
  expect(mappingOf(p, customers)).toEqual({ '客户 name': 'name', region: '', other: '' });
  expect(mappingOf({ ...p, mapping: { region: 'territory', other: 'name' } }, customers)).toEqual({
    '客户 name': '',
    region: 'territory',
    other: 'name',
  });
});
