import { useState } from 'react';
import { group, parse, round } from '@/ui/decimal';
import { company, money } from '@/ui/format';
import { Bar } from '@/ui/parts';
import { blank, type FieldType, type InputProps } from '../kind';

const ops: FieldType['ops'] = ['eq', 'ne', 'gte', 'lte', 'gt', 'lt', 'null'];

// NumberInput keeps what is typed as it is typed, and gives a decimal as soon as it is one.
function NumberInput({
  value,
  onChange,
  id,
  label,
  small,
  autoFocus,
  invalid,
  placeholder,
  whole,
}: InputProps & { whole?: boolean }) {
  const given = blank(value) ? '' : String(value);
  const [typed, setTyped] = useState(given);
  const same = typed === given || parse(typed) === parse(given);
  return (
    <input
      className={`input num${small ? ' small' : ''}`}
      inputMode="decimal"
      autoComplete="off"
      placeholder={placeholder}
      id={id}
      aria-label={label}
      aria-invalid={invalid || (typed !== '' && parse(typed) === undefined)}
      autoFocus={autoFocus}
      value={same ? typed : given}
      onFocus={(e) => e.target.select()}
      onChange={(e) => {
        setTyped(e.target.value);
        const n = parse(e.target.value);
        onChange(e.target.value === '' ? null : n === undefined ? e.target.value : whole ? Number(n) : n);
      }}
    />
  );
}

const time = /(hours|minutes)$/; // shares of them are no exact decimals

const base: FieldType = {
  width: 120,
  end: true,
  ops,
  text: (v) => (blank(v) ? '' : String(v)),
  parse: (s) => (s.trim() === '' ? null : parse(s)),
  Cell: ({ field, value }) => (
    <span className="num">{blank(value) ? '' : group(time.test(field.name) ? round(String(value), 2) : String(value))}</span>
  ),
  Input: NumberInput,
};

export const quantity = base;

export const int: FieldType = {
  ...base,
  width: 96,
  parse: (s) => {
    const n = s.trim() === '' ? null : parse(s);
    return n === null ? null : n !== undefined && /^-?\d+$/.test(n) ? Number(n) : undefined;
  },
  Input: (p) => <NumberInput {...p} whole />,
};

const currencyOf = (row: { [k: string]: unknown } | undefined) =>
  (typeof row?.currency === 'string' && row.currency) || company.currency;

const ratio = /rate|factor/;

export const amount: FieldType = {
  ...base,
  width: 132,
  Cell: ({ field, value, row }) => {
    if (blank(value)) return null;
    const own = /company|cost|budget/.test(field.name) ? company.currency : currencyOf(row);
    return <span className="num">{money(String(value), own)}</span>;
  },
};

// price is money for one unit; rates share its precision.
export const price: FieldType = {
  ...amount,
  Cell: (p) => (ratio.test(p.field.name) ? <base.Cell {...p} /> : <amount.Cell {...p} />),
};

export const percent: FieldType = {
  ...base,
  width: 128,
  text: (v) => (blank(v) ? '' : `${v}%`),
  Cell: ({ field, value }) => {
    if (blank(value)) return null;
    const n = Number(value); // for the bar only
    return (
      <span className="percent">
        {/progress|probability/.test(field.name) && <Bar percent={n} />}
        <span className="num">{group(round(String(value), 2))}%</span>
      </span>
    );
  },
};
