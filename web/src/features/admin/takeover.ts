import type { RowMistake } from '@/api/jobs';
import { guessed, targetsOf } from '@/data/mapping';
import type { Head } from '@/data/sheetfile';
import type { Meta } from '@/meta/meta';
import type { Action, Entity } from '@/meta/types';

// Part is one file of a takeover: what its rows become, and what is done with each then.
export interface Part {
  key: string;
  file: File;
  head: Head;
  mapping: Record<string, string>; // column → field, as people have said otherwise than what is guessed
  path: string;
  after: string;
}

// PartAnswer says what became of it.
export interface PartAnswer {
  path: string;
  rows: number;
  created: number;
  done?: number;
  errors: RowMistake[];
  detail?: string;
}

export interface Taken {
  parts?: PartAnswer[];
  mistakes?: number;
  reports?: Record<string, { code?: string; name?: string; debit?: string; credit?: string; balance?: string }[]>;
  detail?: string;
}

export const importable = (meta: Meta): Entity[] => meta.entities.filter((e) => e.import);

// fits guesses what a file holds, by its name, else by its columns.
export function fits(list: Entity[], name: string, titles: string[]): string {
  const stem = name.replace(/\.\w+$/, '').toLowerCase();
  const named = list.find((e) => [e.path, e.path.replace('/', '_'), e.path.split('/').at(-1), e.label, e.plural].includes(stem));
  if (named) return named.path;
  const known = (e: Entity) => Object.values(guessed(titles, targetsOf(e))).filter(Boolean).length;
  const best = list.reduce((a, b) => (known(b) > known(a) ? b : a), list[0] as Entity);
  return best && known(best) > 0 ? best.path : '';
}

// ordered puts what others point to before them, and keeps the order otherwise.
export function ordered(parts: Part[], list: Entity[]): Part[] {
  const of = new Map(list.map((e) => [e.path, e]));
  const out: Part[] = [];
  const seen = new Set<Part>();
  const put = (p: Part) => {
    if (seen.has(p)) return;
    seen.add(p);
    const e = of.get(p.path);
    const refs = new Set([...(e?.fields ?? []), ...(e?.lines ?? []).flatMap((l) => l.fields)].map((f) => f.ref));
    for (const other of parts) if (other !== p && refs.has(of.get(other.path)?.name)) put(other);
    out.push(p);
  };
  for (const p of parts) put(p);
  return out;
}

// afterwards are the actions that need no answer from anyone.
export const afterwards = (e: Entity | undefined): Action[] =>
  (e?.actions ?? []).filter((a) => !a.input?.some((i) => !i.optional));

export const titlesOf = (h: Head) => [...new Set(h.titles.filter(Boolean))];

// mappingOf says which column fills which field: what people have said, else what is guessed; what fits nothing is left out.
export function mappingOf(p: Part, e: Entity | undefined): Record<string, string> {
  if (!e) return {};
  const free = targetsOf(e).filter((x) => !Object.values(p.mapping).includes(x.name));
  const guess = guessed(
    titlesOf(p.head).filter((title) => p.mapping[title] === undefined),
    free,
  );
  return { ...guess, ...p.mapping };
}

// formOf is a takeover as the API takes it: the texts first, then the files in their order.
export function formOf(parts: Part[], list: Entity[], reports: string[]): FormData {
  const form = new FormData();
  const of = new Map(list.map((e) => [e.path, e]));
  form.append('then', JSON.stringify(Object.fromEntries(parts.filter((p) => p.after).map((p) => [p.path, p.after]))));
  form.append('mapping', JSON.stringify(Object.fromEntries(parts.map((p) => [p.path, mappingOf(p, of.get(p.path))]))));
  form.append('reports', reports.join(','));
  for (const p of parts) form.append(p.path, p.file, p.file.name);
  return form;
}
