import Big from 'big.js';

// Numbers of the business travel as strings and are counted as decimals: a float would lose cents.
Big.RM = Big.roundHalfUp;
Big.DP = 20;

export type Decimal = string;

const plain = /^[+-]?(\d+\.?\d*|\.\d+)$/;

// parse reads what a person types or pastes: full-width digits, thousands separators, a currency sign, a percent sign. undefined is no number.
export function parse(text: string): Decimal | undefined {
  const s = text
    .normalize('NFKC')
    .replace(/[\s,'’]/g, '')
    .replace(/^([+-]?)[¥$€£]/, '$1')
    .replace(/%$/, '');
  const wan = /^(.*)(万|亿)$/.exec(s);
  const number = wan?.[1] ?? s;
  if (!plain.test(number)) return undefined;
  const value = new Big(number);
  return (wan ? value.times(wan[2] === '亿' ? 1e8 : 1e4) : value).toFixed();
}

const big = (v: Decimal | null | undefined) => new Big(v && plain.test(v) ? v : 0);

export const add = (...values: (Decimal | null | undefined)[]): Decimal =>
  values.reduce((sum, v) => sum.plus(big(v)), new Big(0)).toFixed();
export const minus = (a: Decimal, b: Decimal): Decimal => big(a).minus(big(b)).toFixed();
export const times = (...values: (Decimal | null | undefined)[]): Decimal =>
  values.reduce((p, v) => p.times(big(v)), new Big(1)).toFixed();
// divide rounds to so many places: a rate or a share, never money that must add up.
export const divide = (a: Decimal, b: Decimal, places = 6): Decimal =>
  big(b).eq(0) ? '0' : big(a).div(big(b)).round(places).toFixed();
export const compare = (a: Decimal | null | undefined, b: Decimal | null | undefined): number => big(a).cmp(big(b));
export const round = (v: Decimal, places: number): Decimal => big(v).toFixed(places);
export const isZero = (v: Decimal | null | undefined): boolean => big(v).eq(0);

// ratio is for drawing only (bars, charts).
export const ratio = (a: Decimal | null | undefined, b: Decimal | null | undefined): number =>
  isZero(b) ? 0 : big(a).div(big(b)).toNumber();

// lineAmount is what a line of a document comes to before tax.
export const lineAmount = (quantity?: Decimal | null, price?: Decimal | null, discount?: Decimal | null): Decimal =>
  big(quantity)
    .times(big(price))
    .times(new Big(100).minus(big(discount)))
    .div(100)
    .toFixed(2);

// group sets thousands apart and keeps at least min decimals, without touching the digits.
export function group(v: Decimal, min = 0): string {
  const [whole = '0', frac = ''] = v.replace('-', '').split('.');
  const kept = frac.replace(/0+$/, '').padEnd(min, '0');
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${v.startsWith('-') ? '-' : ''}${digits}${kept ? `.${kept}` : ''}`;
}

const steps = {
  zh: [
    [8, '亿'],
    [4, '万'],
  ] as const,
  en: [
    [9, 'B'],
    [6, 'M'],
    [3, 'K'],
  ] as const,
};

// short is an amount where space is short: 128.4万, 3.2亿; 1.28M.
export function short(v: Decimal, lang: 'zh' | 'en'): string {
  const b = big(v);
  for (const [power, unit] of steps[lang]) {
    if (b.abs().gte(new Big(10).pow(power))) {
      const scaled = b.div(new Big(10).pow(power));
      return group(scaled.toFixed(scaled.abs().gte(1000) ? 0 : 1)) + unit;
    }
  }
  return group(b.toFixed(0));
}
