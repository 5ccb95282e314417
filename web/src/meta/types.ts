export type Kind =
  | 'id'
  | 'text'
  | 'bool'
  | 'int'
  | 'amount'
  | 'quantity'
  | 'price'
  | 'percent'
  | 'date'
  | 'time'
  | 'json'
  | 'texts'
  | 'bytes';

export interface Option {
  value: string;
  label: string;
}

// Field is what the API says about a field that the user may see.
export interface Field {
  name: string;
  label: string;
  kind: Kind;
  ref?: string; // the entity that it points to
  part?: Part; // the lines that it points to one of, in place of ref
  class: string;
  options?: Option[];
  required?: boolean;
  computed?: boolean;
  immutable?: boolean; // may be written when the record is made, not later
  list?: boolean;
  filter?: boolean;
  total?: boolean;
  edit: boolean;
}

// Part is lines of another record: of which entity, under which name, and whether they are called something by themselves.
export interface Part {
  of: string;
  lines: string;
  named: boolean;
}

export interface Lines {
  name: string;
  label: string;
  entity?: string; // what one of them is called
  fields: Field[];
}

// Input is one member of what an action is given: a value, an object (fields) or a list of them (items).
export interface Input {
  name: string;
  label: string;
  kind?: Kind;
  ref?: string;
  optional?: boolean;
  fields?: Input[];
  items?: Input[];
}

export interface Action {
  name: string;
  label: string;
  from?: string[];
  input?: Input[];
}

// Forbidden is a field that the user may not see, by which rule.
export interface Forbidden {
  name: string;
  label: string;
  rule: string;
  rule_label?: string;
}

export interface Entity {
  name: string; // "sales.order"
  path: string; // "sales/orders"
  label: string;
  plural?: string; // what several of them are called
  title?: string;
  state?: string;
  create: boolean;
  delete: boolean;
  export: boolean;
  import?: boolean;
  print?: boolean; // …/pdf prints it
  most_bytes?: number; // of a file: how large it may be
  edit?: boolean;
  denied?: Forbidden[];
  fields: Field[];
  lines?: Lines[];
  actions?: Action[];
}

// Row is a record as the API answers it: money and quantities as strings, lines as lists, what is denied named in _denied.
export interface Row {
  id: string;
  version: number;
  _denied?: string[];
  [field: string]: unknown;
}
