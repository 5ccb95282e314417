import { expect, test } from 'vitest';
import { pagesOf, placeOf } from './window';

test('the pages around what is looked at, without the first and none behind the end', () => {
  expect(pagesOf(0, 20, 1000)).toEqual([]);
  expect(pagesOf(50, 75, 1000)).toEqual([1]);
  expect(pagesOf(250, 280, 1000)).toEqual([2, 3]);
  expect(pagesOf(980, 999, 1000)).toEqual([9]);
  expect(pagesOf(99_970, 99_999, 100_000)).toEqual([999]);
  expect(pagesOf(5, 20, 21)).toEqual([]);
});

test('a page is read from the nearer end', () => {
  expect(placeOf(3, 1000)).toEqual({ skip: 300, limit: 100 });
  expect(placeOf(999, 100_000)).toEqual({ skip: -100, limit: 100 });
  expect(placeOf(10, 1042)).toEqual({ skip: -42, limit: 42 });
});
