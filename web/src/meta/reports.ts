import type { Field, Input, Option } from './types';

// Column is a column of a report; what it points to and what its values are called come with it.
export interface Column extends Pick<Field, 'name' | 'label' | 'kind' | 'class' | 'total' | 'ref'> {
  options?: Option[];
}

// Report is a module's question that the API answers: what it is asked with, what it answers.
export interface Report {
  name: string;
  path: string; // "finance/trial_balance"
  label: string;
  of: string; // the entity whose rights it has
  input?: (Input & { options?: Option[] })[];
  columns: Column[];
  denied?: string[];
}

// fieldFor lets a column or a question be shown as a field of its kind.
export const fieldFor = (c: Column | NonNullable<Report['input']>[number]): Field => ({
  name: c.name,
  label: c.label,
  kind: c.kind ?? 'text',
  ref: c.ref,
  options: c.options,
  class: 'class' in c ? c.class : 'basic',
  required: 'optional' in c ? !c.optional : false,
  edit: true,
});
