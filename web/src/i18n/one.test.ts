import { expect, test } from 'vitest';
import { one } from './one';

test('one of a thing is not many, and nothing else changes', () => {
  for (const [text, want] of [
    ['1 lines', '1 line'],
    ['1 entries of audit and history', '1 entry of audit and history'],
    ['1 requisitions, 1 vendor groups', '1 requisition, 1 vendor groups'],
    ['11 lines', '11 lines'],
    ['0.1 hours', '0.1 hours'],
    ['1,001 records', '1,001 records'],
    ['1 is left', '1 is left'],
    ['1 address', '1 address'],
    ['Step 1 of 2', 'Step 1 of 2'],
    ['2026-11-1 orders', '2026-11-1 orders'],
    ['共 1 条', '共 1 条'],
  ])
    expect(one(text as string)).toBe(want);
});
