import { lang } from '@/i18n';
import { group, short } from './decimal';

// Where the company is: its currency and time zone, set when the session is known.
export const company = { currency: 'CNY', zone: 'Asia/Shanghai' };

const signs = new Map<string, string>();

// sign is a currency's symbol, or its code where the symbol would be taken for another's.
export function sign(currency: string): string {
  let s = signs.get(currency);
  if (s === undefined) {
    try {
      const parts = new Intl.NumberFormat('zh-CN', { style: 'currency', currency, currencyDisplay: 'symbol' }).formatToParts(0);
      s = parts.find((p) => p.type === 'currency')?.value ?? currency;
    } catch {
      s = `${currency} `; // a currency of the company's own
    }
    signs.set(currency, s);
  }
  return s;
}

export function money(v: string, currency = company.currency, min = 2): string {
  const text = sign(currency) + group(v.replace('-', ''), min);
  return v.startsWith('-') ? `-${text}` : text;
}

export function shortMoney(v: string, currency = company.currency): string {
  const text = sign(currency) + short(v.replace('-', ''), lang());
  return v.startsWith('-') ? `-${text}` : text;
}

// time shows an instant in the company's zone: 2026-03-05 14:30.
export function time(v: string, zone = company.zone): string {
  const at = new Date(v);
  if (Number.isNaN(at.getTime())) return v;
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

// today is the date where the company is.
export const today = (zone = company.zone) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date());

// weekday is 周四, Thu.
export const weekday = (date: string) =>
  new Intl.DateTimeFormat(lang() === 'zh' ? 'zh-CN' : 'en', { weekday: 'short', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );

// ago is how long an instant is past: 3 分钟前, 3 minutes ago.
export function ago(v: string, now = Date.now()): string {
  const s = Math.round((new Date(v).getTime() - now) / 1000);
  const f = new Intl.RelativeTimeFormat(lang() === 'zh' ? 'zh-CN' : 'en', { numeric: 'auto' });
  const abs = Math.abs(s);
  if (abs < 60) return f.format(s, 'second');
  if (abs < 3600) return f.format(Math.round(s / 60), 'minute');
  if (abs < 86400) return f.format(Math.round(s / 3600), 'hour');
  if (abs < 86400 * 7) return f.format(Math.round(s / 86400), 'day');
  return time(v);
}

// listed writes several names one after the other.
export const listed = (list: string[]) => list.join(lang() === 'zh' ? '、' : ', ');
