import { expect, test } from 'vitest';
import { Meta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { times } from '@/ui/decimal';
import { stacksOf, sumsOf } from './board';
import { documentsOf, reasonsOf } from './links';
import { stepMonth, weeksOf } from './month';
import { differences, everyOutcome, outcomesOf } from './outcomes';
import { criticalOf, dateOf, dayOf, spanOf, weekdayOf, weekOf } from './schedule';
import { stagesOf } from './stages';

const entity = (name: string, title: string, fields: Entity['fields'] = []): Entity => ({
  name,
  path: name.replace('.', '/'),
  label: name,
  title,
  state: 'status',
  create: true,
  delete: false,
  export: false,
  fields: [
    { name: title, label: title, kind: 'text', class: '', edit: true },
    { name: 'status', label: 'status', kind: 'text', class: '', edit: false },
    { name: 'quantity', label: 'quantity', kind: 'quantity', class: '', edit: true },
    ...fields,
  ],
});
const meta = new Meta([
  entity('crm.opportunity', 'name'),
  entity('sales.order', 'no'),
  entity('production.production_order', 'no', [
    { name: 'sales_order_id', label: '', kind: 'id', ref: 'sales.order', class: '', edit: false },
    { name: 'product_id', label: '', kind: 'id', ref: 'inventory.product', class: '', edit: false },
  ]),
  entity('purchasing.requisition', 'no'),
]);

test('a day is a number, a week begins on Monday', () => {
  expect(dateOf(dayOf('2026-02-28') + 1)).toBe('2026-03-01');
  expect(weekdayOf(dayOf('2026-11-30'))).toBe(0);
  expect(weekOf(dayOf('2027-01-01'))).toBe(53);
  expect(weekOf(dayOf('2026-01-01'))).toBe(1);
});

test('a month is shown in whole weeks', () => {
  const weeks = weeksOf('2026-11');
  expect(weeks[0]?.[0]).toBe('2026-10-26');
  expect(weeks.at(-1)?.[6]).toBe('2026-12-06');
  expect(stepMonth('2026-12', 1)).toBe('2027-01');
  expect(stepMonth('2026-01', -1)).toBe('2025-12');
});

test('the critical path is what the end waits for', () => {
  const bar = (id: string, start: string, end: string, ...needs: string[]) => ({ id, title: id, start, end, needs });
  const bars = [
    bar('a', '2026-01-01', '2026-01-05'),
    bar('b', '2026-01-06', '2026-01-10', 'a'),
    bar('c', '2026-01-06', '2026-01-07', 'a'), // has slack
    bar('d', '2026-01-11', '2026-01-12', 'b', 'c'),
  ];
  expect([...criticalOf(bars)]).toEqual(['a', 'b', 'd']);
  expect(criticalOf([bar('x', '2026-01-01', '2026-01-02', 'y'), bar('y', '2026-01-01', '2026-01-02', 'x')]).size).toBeGreaterThan(
    0,
  );
  const span = spanOf(bars, '2026-01-03');
  expect(weekdayOf(span.from)).toBe(0);
  expect(span.from).toBeLessThan(dayOf('2026-01-01'));
});

test('a card stands where its field says, and amounts are exact', () => {
  const columns = [
    { value: 'a', label: 'A', tone: 'gray' as const },
    { value: 'b', label: 'B', tone: 'gray' as const },
  ];
  const rows = [
    { id: '1', version: 1, stage: 'b', sum: '0.10' },
    { id: '2', version: 1, stage: 'b', sum: '0.20' },
  ];
  const totals = [
    { stage: 'a', count: 1, currency: 'CNY', sums: { sum: '0.10' }, probability: '50' },
    { stage: 'a', count: 1, currency: 'CNY', sums: { sum: '0.20' }, probability: '10' },
    { stage: 'b', count: 1, currency: 'USD', sums: { sum: '7' } },
  ];
  const [a, b] = stacksOf(columns, rows, 'stage', totals, 'sum');
  expect([a?.rows.length, a?.total, b?.rows.length, b?.total]).toEqual([0, 2, 2, 2]);
  expect(a?.sums).toEqual([{ currency: 'CNY', amount: '0.3' }]); // of all records, not only of those that are shown
  expect(sumsOf(totals, 'sum').length).toBe(2);
  expect(sumsOf(totals.slice(0, 2), 'sum', (t, amount) => times(amount, String(t.probability), '0.01'))[0]?.amount).toBe('0.07');
});

const made = (entityName: string, record: string, values: Record<string, unknown> = {}, names: Record<string, string> = {}) => ({
  entity: entityName,
  label: entityName,
  action: 'create',
  record,
  title: record.toUpperCase(),
  values: { quantity: '1', ...values },
  names,
});
const tree = (quantity: string, buys: boolean) => ({
  events: [
    {
      type: 'crm.opportunity.won',
      entity: 'crm.opportunity',
      record: 'deal',
      effects: [made('sales.order', 'so1')],
      caused: [
        {
          type: 'sales.order.confirmed',
          entity: 'sales.order',
          record: 'so1',
          effects: [made('production.production_order', 'mo1', { sales_order_id: 'so1', quantity })],
          caused: [
            {
              type: 'inventory.purchase.needed',
              entity: 'production.production_order',
              record: 'mo1',
              effects: buys ? [made('purchasing.requisition', 'pr1', { production_order_id: 'mo1', sales_order_id: 'so1' })] : [],
              caused: [],
            },
          ],
        },
      ],
    },
  ],
});

test('an outcome is nested by what it is for, not by what triggered it', () => {
  const [order] = outcomesOf(meta, tree('4', true));
  expect(order?.entity.name).toBe('sales.order');
  expect(order?.below[0]?.effect.record).toBe('mo1');
  expect(order?.below[0]?.below[0]?.effect.record).toBe('pr1');
  expect(everyOutcome(order ? [order] : []).length).toBe(3);
});

test('what differs between two runs is named', () => {
  const d = differences(outcomesOf(meta, tree('4', true)), outcomesOf(meta, tree('2', false)));
  expect(d.gone.map((o) => o.effect.record)).toEqual(['mo1', 'pr1']);
  expect(d.added.map((o) => o.effect.record)).toEqual(['mo1']);
  expect(differences(outcomesOf(meta, tree('4', true)), outcomesOf(meta, tree('4', true)))).toEqual({ gone: [], added: [] });
});

test('why a record exists is the way down to what made it', () => {
  expect(reasonsOf(meta, tree('4', true), 'pr1').map((r) => r.type)).toEqual([
    'crm.opportunity.won',
    'sales.order.confirmed',
    'inventory.purchase.needed',
  ]);
  expect(reasonsOf(meta, tree('4', true), 'elsewhere')).toEqual([]);
});

test('the chain knows every document that a tree speaks of', () => {
  const found = documentsOf(meta, tree('4', true));
  expect([...found.keys()].sort()).toEqual([
    'crm.opportunity',
    'production.production_order',
    'purchasing.requisition',
    'sales.order',
  ]);
});

test('a stage of an order is done when all its documents are', () => {
  const orders = meta.named('production.production_order') as Entity;
  const link = (...states: string[]) => [
    { entity: orders, here: false, rows: states.map((status, i) => ({ id: String(i), version: 1, status, late_days: i })) },
  ];
  const make = (...s: string[]) => stagesOf(link(...s)).find((x) => x.key === 'make');
  expect(make('done', 'cancelled')?.progress).toBe('done');
  expect(make('done', 'planned')).toMatchObject({ progress: 'doing', done: 1, all: 2, late: 1 });
  expect(make('planned')?.progress).toBe('waiting');
  expect(stagesOf([]).every((x) => x.progress === 'none')).toBe(true);
});
