import { describe, expect, test } from 'vitest';
import { add, compare, group, lineAmount, parse, short } from './decimal';

describe('parse', () => {
  test.each([
    ['1,234.50', '1234.5'],
    ['１２３．４', '123.4'],
    ['¥ 1,000', '1000'],
    ['-¥5', '-5'],
    ['12.5%', '12.5'],
    ['3万', '30000'],
    ['1.2亿', '120000000'],
    ['.5', '0.5'],
  ])('%s is %s', (text, value) => expect(parse(text)).toBe(value));
  test.each(['', 'abc', '1.2.3', '--1', '万', '1e5'])('%s is no number', (text) => expect(parse(text)).toBeUndefined());
});

test('cents are never lost', () => {
  expect(add('0.1', '0.2')).toBe('0.3');
  expect(add('9007199254740993.01', '0.01')).toBe('9007199254740993.02');
  expect(compare('10', '9')).toBe(1);
});

test('a line comes to quantity times price less its discount, rounded half up', () => {
  expect(lineAmount('3', '19.99', '10')).toBe('53.97');
  expect(lineAmount('0.5', '0.01', '0')).toBe('0.01');
  expect(lineAmount(undefined, '5')).toBe('0.00');
});

test('thousands are set apart, decimals kept', () => {
  expect(group('1234567.5', 2)).toBe('1,234,567.50');
  expect(group('-1234.123456')).toBe('-1,234.123456');
  expect(group('0')).toBe('0');
});

test('short amounts in 万 and 亿, K and M', () => {
  expect(short('1284000', 'zh')).toBe('128.4万');
  expect(short('320000000', 'zh')).toBe('3.2亿');
  expect(short('9999', 'zh')).toBe('9,999');
  expect(short('1284000', 'en')).toBe('1.3M');
  expect(short('-20000', 'zh')).toBe('-2万');
});
