import { expect, test } from 'vitest';
import type { Row } from '@/meta/types';
import { barsOf } from './plan';

const task = (id: string, more: Record<string, unknown>) =>
  ({ id, version: 1, name: id, sequence: 10, depends_on: [], ...more }) as Row;

test('tasks in their order, then milestones; late, done and critical ones are told apart', () => {
  const tasks = [
    task('b', {
      sequence: 20,
      start_date: '2026-03-05',
      end_date: '2026-03-09',
      status: 'todo',
      depends_on: ['a'],
      baseline_start: '2026-03-01',
      baseline_end: '2026-03-04',
    }),
    task('a', {
      sequence: 10,
      start_date: '2026-03-01',
      end_date: '2026-03-04',
      status: 'done',
      planned_hours: '8',
      done_hours: '2',
    }),
    task('c', {
      sequence: 30,
      start_date: '2026-02-01',
      end_date: '2026-02-03',
      status: 'in_progress',
      planned_hours: '8',
      done_hours: '2',
    }),
  ];
  const slips = new Map([
    ['a', { critical: true, text: undefined }],
    ['b', { critical: true, text: '+5' }],
  ]);
  const bars = barsOf(tasks, [task('m', { due_date: '2026-03-10', status: 'open' })], slips, '2026-03-06');
  expect(bars.map((b) => [b.id, b.tone, b.progress, !!b.critical])).toEqual([
    ['a', 'green', 100, false],
    ['b', 'gray', 0, true],
    ['c', 'red', 25, false],
    ['m', 'gray', undefined, false],
  ]);
  expect(bars[1]?.base).toEqual({ start: '2026-03-01', end: '2026-03-04' });
  expect(bars[1]?.note).toBe('+5');
});
