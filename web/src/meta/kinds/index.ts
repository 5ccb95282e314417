import type { FieldType } from '../kind';
import type { Field } from '../types';
import { bool } from './bool';
import { date, time } from './date';
import { amount, int, percent, price, quantity } from './number';
import { option } from './option';
import { ref } from './ref';
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
  if (f.options?.length) return option;
  return byKind[f.kind] ?? text;
}
