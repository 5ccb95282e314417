import dayjs, { type Dayjs } from 'dayjs';
import { ago, time as showTime, today, weekday } from '@/ui/format';
import { DatePicker } from '@/ui/pickers';
import { blank, type FieldType } from '../kind';

const ops: FieldType['ops'] = ['eq', 'gte', 'lte', 'null'];

const day = (d: Dayjs | Dayjs[] | null) => (Array.isArray(d) ? d[0] : d);

// readDate takes 2026-3-5, 2026/03/05, 2026年3月5日, 3-5 (of this year), 20260305.
export function readDate(s: string, now = today()): string | undefined {
  const t = s.normalize('NFKC').trim();
  const m = /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$/.exec(t) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(t);
  if (!m) return undefined;
  const [year, month, day] = [Number(m[1] ?? now.slice(0, 4)), Number(m[2]), Number(m[3])];
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.toISOString().slice(0, 10);
}

export const date: FieldType = {
  width: 112,
  ops,
  text: (v) => (blank(v) ? '' : String(v)),
  parse: (s) => (s.trim() === '' ? null : readDate(s)),
  Cell: ({ value }) => (blank(value) ? null : <span title={weekday(String(value))}>{String(value)}</span>),
  Input: ({ value, onChange, id, label, small, autoFocus, invalid, onDone }) => (
    <DatePicker
      id={id}
      aria-label={label}
      size={small ? 'small' : undefined}
      autoFocus={autoFocus}
      status={invalid ? 'error' : undefined}
      format={['YYYY-MM-DD', 'YYYY/MM/DD', 'YYYY/M/D', 'YYYY-M-D', 'YYYYMMDD']}
      placeholder=""
      value={blank(value) ? null : dayjs(String(value))}
      onChange={(d) => {
        onChange(day(d)?.format('YYYY-MM-DD') ?? null);
        onDone?.();
      }}
    />
  ),
};

export const time: FieldType = {
  width: 140,
  ops,
  text: (v) => (blank(v) ? '' : showTime(String(v))),
  parse: (s) => {
    const at = new Date(s);
    return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  },
  Cell: ({ value }) => (blank(value) ? null : <span title={ago(String(value))}>{showTime(String(value))}</span>),
  Input: ({ value, onChange, id, label, small, autoFocus, invalid }) => (
    <DatePicker
      showTime={{ format: 'HH:mm' }}
      id={id}
      aria-label={label}
      size={small ? 'small' : undefined}
      autoFocus={autoFocus}
      status={invalid ? 'error' : undefined}
      format="YYYY-MM-DD HH:mm"
      placeholder=""
      value={blank(value) ? null : dayjs(String(value))}
      onChange={(d) => onChange(day(d)?.toISOString() ?? null)}
    />
  ),
};
