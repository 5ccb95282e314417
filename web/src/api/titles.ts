import { useEffect, useSyncExternalStore } from 'react';
import i18n from '@/i18n';
import { calledOf, titlesOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { get } from './http';
import type { PageOf } from './records';

// Titles of records that others point to. All that a screen asks for within a moment are read with one request for each entity.
const known = new Map<string, string | null>(); // null: there is none that the user may see
const wanted = new Map<string, { entity: Entity; by: string; values: Set<string> }>();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

const keyOf = (path: string, by: string, value: string) => `${path}\n${by}\n${value}`;

// byOf is the field that a reference holds: an id, or where the reference is a text, a code or the title itself.
export const byOf = (kind: string, target: Entity) =>
  kind === 'id' ? 'id' : target.fields.some((f) => f.name === 'code') ? 'code' : (target.title ?? 'id');

function ask(entity: Entity, by: string, value: string) {
  const key = keyOf(entity.path, by, value);
  if (known.has(key)) return;
  const group = wanted.get(`${entity.path}\n${by}`) ?? { entity, by, values: new Set<string>() };
  group.values.add(value);
  wanted.set(`${entity.path}\n${by}`, group);
  timer ??= setTimeout(() => void read(), 8);
}

async function read() {
  timer = undefined;
  const groups = [...wanted.values()];
  wanted.clear();
  await Promise.all(groups.map(readGroup));
  for (const w of watchers) w();
}

// called is what a record is called: its title in words, or its kind where it has none.
function called(entity: Entity, by: string, r: Row): string {
  const title = calledOf(entity, r) ?? r[entity.title ?? by];
  if (!entity.title && by === 'id') return `${entity.label} ${r.id.slice(-6).toUpperCase()}`;
  const option = entity.fields.find((f) => f.name === entity.title)?.options?.find((o) => o.value === title);
  return option?.label ?? String(title ?? r[by]);
}

async function readGroup({ entity, by, values }: { entity: Entity; by: string; values: Set<string> }) {
  const all = [...values].slice(0, 200);
  try {
    const fields = [...new Set(['id', by, ...titlesOf(entity, entity.title ?? by)])].join(',');
    const page = await get<PageOf<Row>>(entity.path, { [`${by}[in]`]: all.join(','), fields, limit: all.length });
    for (const v of all) known.set(keyOf(entity.path, by, v), null);
    for (const r of page.data) known.set(keyOf(entity.path, by, String(r[by])), called(entity, by, r));
  } catch {
    for (const v of all) known.set(keyOf(entity.path, by, v), null);
  }
}

// keepTitle notes a title that is at hand anyway.
export const keepTitle = (path: string, by: string, value: string, title: string) => known.set(keyOf(path, by, value), title);

// forgetTitle lets a record's title be read again after it changed; without an id, those of all its kind.
export function forgetTitle(path: string, id?: string) {
  for (const key of known.keys()) if (key.startsWith(`${path}\n`) && (!id || key.endsWith(id))) known.delete(key);
}

export function forgetAll() {
  known.clear();
}

i18n.on('languageChanged', forgetAll); // some are called otherwise in another language

const subscribe = (w: () => void) => {
  watchers.add(w);
  return () => watchers.delete(w);
};

// useTitle is undefined while it is read, null where there is none that the user may see.
export function useTitle(entity: Entity | undefined, by: string, value: string | null | undefined): string | null | undefined {
  const itself = !!value && by === entity?.title && titlesOf(entity).length === 1; // it is called so in every language
  const title = useSyncExternalStore(subscribe, () => (entity && value ? known.get(keyOf(entity.path, by, value)) : null));
  useEffect(() => {
    if (entity && value && !itself && title === undefined) ask(entity, by, value);
  }, [entity, by, value, title, itself]);
  return itself ? value : title;
}
