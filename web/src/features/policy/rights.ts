import { moduleOf } from '@/meta/meta';
import type { Entity } from '@/meta/types';

// Grant is what a role may do with a kind of record.
export interface Grant {
  view?: string[];
  edit?: string[];
  create?: boolean;
  delete?: boolean;
  export?: boolean;
  actions?: string[];
  rows?: string;
}

export type Grants = Record<string, Record<string, Grant>>;

export interface Condition {
  field: string;
  op: string;
  value?: unknown;
  kind?: string;
}

export interface Rule {
  id: string;
  label: { zh: string; en: string };
  deny?: { roles: string[]; entity?: string; entities?: string[]; classes?: string[]; fields?: string[] };
  approval?: {
    entity: string;
    action?: string;
    actions?: string[];
    when?: Condition[];
    approvers: { roles?: string[]; users?: string[] }[];
  };
}

export interface RolesAnswer {
  data: { name: string; label: string }[];
  grants?: Grants;
  rules?: Rule[];
}

export const rights = ['create', 'delete', 'export'] as const;
export type Right = (typeof rights)[number];

// classesOf are the classes of an entity's fields, the basic one first.
export const classesOf = (e: Entity): string[] => {
  const all = new Set([...e.fields, ...(e.lines ?? []).flatMap((l) => l.fields)].map((f) => f.class));
  return [...all].sort((a, b) => Number(b === 'basic') - Number(a === 'basic') || a.localeCompare(b));
};

// inherited is what a role has for an entity by a grant for all of a module, or for everything.
export function inherited(of: Record<string, Grant> | undefined, e: Entity): Grant[] {
  return ['*', `${e.name.includes('.') ? e.name.split('.')[0] : moduleOf(e)}.*`].flatMap((k) => of?.[k] ?? []);
}

const holds = (list: string[] | undefined, x: string) => !!list && (list.includes('*') || list.includes(x));

// has tells whether a grant gives a class of fields, or an action.
export const has = (g: Grant | undefined, what: 'view' | 'edit' | 'actions', x: string) => holds(g?.[what], x);

// toggled gives or takes one of a list. What may be edited must be seen, so one follows the other.
export function toggled(g: Grant, what: 'view' | 'edit' | 'actions', x: string, all: string[]): Grant {
  const now = g[what]?.includes('*') ? all : (g[what] ?? []);
  const on = !now.includes(x);
  const next = on ? [...now, x] : now.filter((y) => y !== x);
  const out = { ...g, [what]: next };
  if (what === 'edit' && on && !holds(out.view, x)) out.view = [...(out.view ?? []), x];
  if (what === 'view' && !on) out.edit = (out.edit?.includes('*') ? all : (out.edit ?? [])).filter((y) => y !== x);
  return out;
}

// worded replaces the blanks of a rule's wording, which are filled when it holds, by the names of the fields, as far as one may see them.
export const worded = (text: string, e: Entity | undefined) =>
  text.replace(/\s*\{(\w+)\}/g, (_, name: string) => {
    const label = e?.fields.find((f) => f.name === name)?.label;
    return label ? ` [${label}]` : '…';
  });
