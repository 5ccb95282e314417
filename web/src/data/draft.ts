import { mayEdit } from '@/meta/access';
import { raw } from '@/meta/meta';
import type { Entity, Field, Lines, Row } from '@/meta/types';
import { add, type Decimal, lineAmount } from '@/ui/decimal';
import { today } from '@/ui/format';

export type Values = Record<string, unknown>;

// Draft is what a form holds: the record's own fields and its lines, each with a key of its own until it is saved.
export interface Draft {
  values: Values;
  lines: Record<string, Line[]>;
}

export interface Line extends Values {
  _key: string;
}

export const newLine = (values: Values = {}): Line => ({ ...values, _key: crypto.randomUUID() });

const kept = (l: Line) =>
  Object.keys(l).some((k) => k !== '_key' && k !== 'id' && l[k] !== null && l[k] !== '' && l[k] !== undefined);

export const editable = (fields: Field[]) => fields.filter((f) => mayEdit(f));

// formFields are what a person can write, the required first.
export const formFields = (e: Entity) => editable(e.fields).sort((a, b) => Number(!!b.required) - Number(!!a.required));

// fillable tells whether a person can make a record by a form: each field that it needs can be written or chosen.
export const fillable = (e: Entity) => e.create && !e.fields.some((f) => f.required && mayEdit(f) && raw(f) && !f.part);

export const lineFields = (l: Lines) => editable(l.fields);

// draftOf begins a form: empty, from a record, or as a copy of one.
export function draftOf(e: Entity, row?: Row, copy = false): Draft {
  const values: Values = {};
  for (const f of editable(e.fields)) {
    if (row) values[f.name] = row[f.name];
    else if (f.name === 'active' && f.kind === 'bool') values[f.name] = true;
    else if (f.required && f.kind === 'date' && /^date$|_date$/.test(f.name)) values[f.name] = today();
  }
  const lines: Draft['lines'] = {};
  for (const l of e.lines ?? []) {
    const fields = lineFields(l);
    if (fields.length === 0) continue;
    const from = (row?.[l.name] as Row[] | undefined) ?? [];
    lines[l.name] = from.map((r) =>
      newLine(Object.fromEntries([...(copy ? [] : [['id', r.id]]), ...fields.map((f) => [f.name, r[f.name]])])),
    );
    if (!row) lines[l.name] = [newLine()];
  }
  return { values, lines };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// bodyOf is what is sent: of a change only what differs, of lines all of them when one does. Lines without a word in them are left out.
export function bodyOf(now: Draft, before?: Draft): Values {
  const out: Values = {};
  for (const [k, v] of Object.entries(now.values)) {
    if (before ? !same(v, before.values[k]) : v !== null && v !== '' && v !== undefined) out[k] = v ?? null;
  }
  const plain = (list: Line[] = []) => list.filter(kept).map(({ _key, ...rest }) => rest);
  for (const [name, list] of Object.entries(now.lines)) {
    const mine = plain(list);
    if (before ? !same(mine, plain(before.lines[name])) : mine.length > 0) out[name] = mine.map((l) => clean(l));
  }
  return out;
}

const clean = (l: Values): Values =>
  Object.fromEntries(Object.entries(l).filter(([, v]) => v !== '' && v !== undefined && v !== null));

export const isDirty = (now: Draft, before: Draft) => Object.keys(bodyOf(now, before)).length > 0;

const text = (v: unknown) => (typeof v === 'string' ? v : undefined);

// amountOf is what a line comes to, before tax; undefined where lines have no price.
export function amountOf(l: Values): Decimal | undefined {
  if (text(l.unit_price) !== undefined && text(l.quantity) !== undefined)
    return lineAmount(text(l.quantity), text(l.unit_price), text(l.discount_percent));
  return undefined;
}

export const totalOf = (list: Line[]): Decimal => add(...list.map((l) => amountOf(l)));

// sumsOf are totals of columns that can be added: debit, credit, amount, and quantities where they are alone.
export function sumsOf(l: Lines, list: Line[]): { field: Field; sum: Decimal }[] {
  return lineFields(l)
    .filter((f) => f.kind === 'amount')
    .map((field) => ({ field, sum: add(...list.map((x) => text(x[field.name]))) }));
}
