import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import type { Report } from './reports';
import type { Entity, Field, Part, Row } from './types';

// Meta is what the user may see and do, with quick ways to find it.
export class Meta {
  readonly entities: Entity[];
  readonly reports: Report[];
  private readonly byName = new Map<string, Entity>();
  private readonly byPath = new Map<string, Entity>();

  constructor(entities: Entity[], reports: Report[] = []) {
    this.entities = referred(entities);
    this.reports = reports;
    for (const e of this.entities) {
      this.byName.set(e.name, e);
      this.byPath.set(e.path, e);
    }
  }

  // named finds an entity by its name ("sales.order"); undefined where it is switched off or the user may not see it.
  named = (name: string | undefined) => (name ? this.byName.get(name) : undefined);

  // called is the label of an entity, or of the lines of one.
  called(name: string): string | undefined {
    const own = this.named(name)?.label;
    if (own) return own;
    for (const e of this.entities) {
      const lines = e.lines?.find((l) => l.entity === name);
      if (lines) return `${e.label} · ${lines.label}`;
    }
    return undefined;
  }

  at = (path: string) => this.byPath.get(path);

  // pointing lists the entities with a field that refers to one: what is related to its records.
  pointing(to: Entity): { entity: Entity; field: Field }[] {
    const out: { entity: Entity; field: Field }[] = [];
    for (const entity of this.entities) {
      for (const field of entity.fields) {
        if (field.ref === to.name && field.kind === 'id' && !system.has(field.name)) out.push({ entity, field });
      }
    }
    return out;
  }
}

// referred names what an id points to where its module may not say so, because it belongs to another: everyone who says it agrees. An id of a line
// points to a part of a record.
function referred(entities: Entity[]): Entity[] {
  const own = new Set(entities.map((e) => e.name));
  const parts = new Map<string, Part>();
  for (const e of entities)
    for (const l of e.lines ?? [])
      if (l.entity && !own.has(l.entity))
        parts.set(l.entity, { of: e.name, lines: l.name, named: l.fields.some((f) => f.name === 'name') });
  const said = new Map<string, Set<string>>();
  const fieldsOf = (e: Entity) => [...e.fields, ...(e.lines ?? []).flatMap((l) => l.fields)];
  for (const f of entities.flatMap(fieldsOf))
    if (f.kind === 'id' && f.ref) said.set(f.name, (said.get(f.name) ?? new Set()).add(f.ref));
  const known = (f: Field, e: Entity): Field => {
    const refs = f.kind !== 'id' ? [] : f.ref ? [f.ref] : [...(said.get(f.name) ?? lineIn(e, f, entities))];
    const part = refs.length === 1 ? parts.get(refs[0] ?? '') : undefined;
    if (part) return { ...f, ref: undefined, part };
    return refs.length === 1 ? { ...f, ref: refs[0] } : f;
  };
  return entities.map((e) => ({
    ...e,
    fields: e.fields.map((f) => known(f, e)),
    lines: e.lines?.map((l) => ({ ...l, fields: l.fields.map((f) => known(f, e)) })),
  }));
}

// lineIn is what the line is called that a record names beside the document which it belongs to.
function lineIn(e: Entity, f: Field, entities: Entity[]): string[] {
  if (f.name !== 'line_id') return [];
  const documents = entities.filter((d) => e.fields.some((x) => x.edit && x.ref === d.name));
  return documents.flatMap((d) => d.lines?.find((l) => l.name === 'lines')?.entity ?? []);
}

// raw is an id of which nobody says what it points to, or a line without a name: no text for people.
export const raw = (f: Field) => f.kind === 'id' && !f.ref && !f.part?.named;

export const system = new Set(['id', 'version', 'created_at', 'updated_at', 'created_by', 'updated_by', 'position']);

export const metaQuery = () => ({
  queryKey: ['meta', lang()],
  queryFn: async () => {
    const said = await get<{ entities: Entity[]; reports?: Report[] }>('meta');
    return new Meta(said.entities, said.reports);
  },
  staleTime: 10 * 60_000,
});

const none = new Meta([]);

// useMeta is never empty below the shell, which waits for it.
export function useMeta(): Meta {
  useTranslation(); // another language is another description
  const client = useQueryClient();
  const { data } = useQuery(metaQuery());
  return data ?? client.getQueriesData<Meta>({ queryKey: ['meta'] })[0]?.[1] ?? none;
}

export const fieldOf = (e: Entity, name: string | undefined) => (name ? e.fields.find((f) => f.name === name) : undefined);
export const moduleOf = (e: Entity) => (e.path.includes('/') ? e.path.slice(0, e.path.indexOf('/')) : 'core');
export const stateOf = (e: Entity, row: Row | undefined) => (e.state && row ? (row[e.state] as string | undefined) : undefined);

// titlesOf are the fields that hold what a record is called: beside its title one for each language, where there are such fields.
export const titlesOf = (e: Entity, title = e.title): string[] =>
  title ? [title, `${title}_en`, `${title}_zh`].filter((name) => name === title || fieldOf(e, name)) : [];

// calledOf is what a record is called in the reader's language, where it is called so.
export function calledOf(e: Entity, row: Row): string | undefined {
  const v = row[`${e.title}_${lang()}`];
  return typeof v === 'string' && v !== '' ? v : undefined;
}

// titleOf is what a record is called; untitled ones by their day, or the end of their id.
export function titleOf(e: Entity, row: Row): string {
  const field = fieldOf(e, e.title);
  const raw = field ? (calledOf(e, row) ?? row[field.name]) : undefined;
  const v = field?.options?.find((o) => o.value === raw)?.label ?? raw;
  if (typeof v === 'string' && v !== '') return v;
  const day = e.title ? undefined : e.fields.find((f) => f.kind === 'date' && f.list && typeof row[f.name] === 'string');
  return `${e.label} ${day ? row[day.name] : row.id.slice(-6).toUpperCase()}`;
}

// columnsOf are the fields that a list shows at first: the title, what its module marks, at least four. Texts in both languages are shown in one.
export function columnsOf(e: Entity): Field[] {
  const [mine, other] = lang() === 'en' ? ['en', 'zh'] : ['zh', 'en'];
  const twin = (f: Field) => f.name.endsWith(`_${other}`) && !!fieldOf(e, `${f.name.slice(0, -2)}${mine}`);
  const usable = e.fields.filter((f) => !system.has(f.name) && !raw(f) && !twin(f) && f.kind !== 'json' && f.kind !== 'bytes');
  const marked = usable.filter((f) => f.list || f.name === e.title);
  const rest = usable.filter((f) => !marked.includes(f) && f.name !== e.title);
  const out = marked.length >= 4 ? marked : [...marked, ...rest].slice(0, 6);
  return out.sort((a, b) => Number(b.name === e.title) - Number(a.name === e.title));
}

export const searchable = (f: Field) => f.kind !== 'json' && f.kind !== 'bytes' && !raw(f);
