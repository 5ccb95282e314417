import type { FieldType } from '../kind';
import type { Field } from '../types';
import { bool } from './bool';
import { date, time } from './date';
import { amount, int, percent, price, quantity } from './number';
import { option } from './option';
import { part } from './part';
import { ref } from './ref';
import { roles } from './roles';
import { json, text, texts } from './text';

const byKind: Record<Field['kind'], FieldType> = {
  id: text,
  text,
  bool,
  int,
  amount,
  quantity,
  price,
  percent,
  date,
  time,
  json,
  texts,
  bytes: json,
};

// typeOf is how a field is shown, written, filtered and pasted.
export function typeOf(f: Field): FieldType {
  if (f.ref) return ref;
  if (f.part) return part;
  if (f.kind === 'texts' && f.name === 'roles') return roles;
  if (f.options?.length) return option;
  return byKind[f.kind] ?? text;
}
