import { expect, test } from 'vitest';
import { counted, countedOf, lineFor, readScan, set } from './tally';

test('a scan may say how many', () => {
  expect(readScan('RM-0103')).toEqual({ times: '1', code: 'RM-0103' });
  expect(readScan('12*RM-0103')).toEqual({ times: '12', code: 'RM-0103' });
  expect(readScan('0.5x RM-1')).toEqual({ times: '0.5', code: 'RM-1' });
});

test('scans of a lot add up, exactly', () => {
  const all = counted(counted(counted([], 'a', 'L1', '0.1'), 'a', 'L1', '0.2'), 'a', 'L2', '1');
  expect(all).toHaveLength(2);
  expect(countedOf(all, 'a')).toBe('1.3');
  expect(countedOf(set(all, 'a', 'L2', '0'), 'a')).toBe('0.3');
});

test('a product counts for the line that still wants some', () => {
  const lines = [
    { id: 'a', product: 'p', quantity: '1' },
    { id: 'b', product: 'p', quantity: '2' },
  ];
  expect(lineFor(lines, [], 'p')?.id).toBe('a');
  expect(lineFor(lines, [{ line: 'a', lot: '', quantity: '1' }], 'p')?.id).toBe('b');
  expect(lineFor(lines, [], 'q')).toBeUndefined();
});
