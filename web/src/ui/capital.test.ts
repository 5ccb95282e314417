import { expect, test } from 'vitest';
import { capital } from './capital';

test('amounts in capitals', () => {
  const cases: Record<string, string> = {
    '0.00': '零元整',
    '0.05': '伍分',
    '0.50': '伍角整',
    '1050.30': '壹仟零伍拾元叁角整',
    '10.03': '壹拾元零叁分',
    '8678.40': '捌仟陆佰柒拾捌元肆角整',
    '10000': '壹万元整',
    '100500.00': '壹拾万零伍佰元整',
    '123456789.12': '壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分',
    '100000001': '壹亿零壹元整',
    '-36.16': '负叁拾陆元壹角陆分',
  };
  for (const [amount, words] of Object.entries(cases)) expect(capital(amount)).toBe(words);
});
