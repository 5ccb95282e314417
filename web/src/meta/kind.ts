import type { ComponentType } from 'react';
import type { Field, Row } from './types';

export type Op = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'nin' | 'contains' | 'starts' | 'null';

export interface CellProps {
  field: Field;
  value: unknown;
  row?: Row; // the record or line, for its currency and unit
  link?: boolean; // references lead to their record
}

export interface InputProps {
  field: Field;
  value: unknown;
  onChange: (v: unknown) => void;
  row?: Row;
  id?: string;
  label?: string; // where no <label> names it
  placeholder?: string; // what holds while nothing is written
  small?: boolean;
  autoFocus?: boolean;
  invalid?: boolean;
  onDone?: () => void; // a choice was made: a cell may close
}

// FieldType is all that the app knows about a kind of field. The grid, forms, filters, cards and pasting read nothing else.
export interface FieldType {
  width: number; // of a column at first
  end?: boolean; // numbers stand at the end
  wide?: boolean; // takes the whole width of a form
  ops: Op[];
  Cell: ComponentType<CellProps>;
  Input: ComponentType<InputProps>;
  text: (value: unknown, field: Field, row?: Row) => string; // as plain text: to copy, to read aloud
  parse: (text: string, field: Field) => unknown; // of what is typed or pasted; undefined is a mistake
}

export const blank = (v: unknown) => v === null || v === undefined || v === '';
