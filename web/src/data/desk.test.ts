import { describe, expect, test } from 'vitest';
import type { Row } from '@/meta/types';
import { piecesOf } from './board';
import { guessed } from './mapping';
import { naming } from './Say';
import { csvRows, decoded } from './sheetfile';
import { waitsFor } from './todo';

describe('a table that is taken in', () => {
  test('quoted cells, its own delimiter, no more rows than asked', () => {
    expect(csvRows('a;b\r\n"x;1";"say ""hi"""\r\n3;4\r\n', 2)).toEqual([
      ['a', 'b'],
      ['x;1', 'say "hi"'],
    ]);
  });
  test('a file in the encoding of banks in China, or in UTF-8', () => {
    const gbk = Uint8Array.from([0xc8, 0xd5, 0xc6, 0xda, 0x2c, 0xbd, 0xf0, 0xb6, 0xee]);
    expect(decoded(gbk)).toBe('日期,金额');
    expect(decoded(new TextEncoder().encode('日期,金额'))).toBe('日期,金额');
  });
  test('columns find their fields by name or label, each field once', () => {
    const targets = [
      { name: 'name', label: '名称', required: true, also: ['name', '名称'] },
      { name: 'lines.quantity', label: '订单行 · 数量', required: false, also: ['lines.quantity', '订单行.数量'] },
    ];
    expect(guessed(['名称', 'NAME', '订单行.数量', '其他'], targets)).toEqual({
      名称: 'name',
      NAME: '',
      '订单行.数量': 'lines.quantity',
      其他: '',
    });
  });
});

describe('what waits for one', () => {
  const step = { id: 's', roles: ['sales_director'], users: [], mode: 'any', status: 'active', agreed_users: [] as string[] };
  const row = (more: object, of: object = {}): Row => ({
    id: 'a',
    version: 1,
    status: 'pending',
    requested_by: 'seller',
    steps: [{ ...step, ...of }],
    ...more,
  });
  const me = { id: 'me', roles: ['sales_director'] };
  test('by role or by name, not one’s own, not twice', () => {
    expect(waitsFor(row({}), me)).toBe(true);
    expect(waitsFor(row({}), { id: 'x', roles: ['sales'] })).toBe(false);
    expect(waitsFor(row({}, { roles: [], users: ['me'] }), { id: 'me', roles: [] })).toBe(true);
    expect(waitsFor(row({ requested_by: 'me' }), me)).toBe(false);
    expect(waitsFor(row({}, { agreed_users: ['me'] }), me)).toBe(false);
    expect(waitsFor(row({ status: 'approved' }), me)).toBe(false);
  });
});

test('a name is being written after @', () => {
  expect(naming('请 @李', 4)).toEqual({ from: 2, word: '李' });
  expect(naming('请 @李 娜', 6)).toBeUndefined();
});

test('a column of a board grows in pieces that leave nothing out', () => {
  expect(piecesOf(50, 0)).toEqual([{ limit: 50 }]);
  expect(piecesOf(20, 2)).toEqual([{ limit: 20 }, { skip: 20, limit: 100 }, { skip: 120, limit: 100 }]);
});
