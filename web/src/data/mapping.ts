import { mayEdit } from '@/meta/access';
import { raw, system } from '@/meta/meta';
import type { Entity } from '@/meta/types';

// Target is a field that a column of a table may fill.
export interface Target {
  name: string; // "customer_id", "lines.quantity"
  label: string;
  required: boolean;
  also: string[]; // other titles by which it is known
}

export function targetsOf(e: Entity): Target[] {
  const own = e.fields
    .filter((f) => !system.has(f.name) && (mayEdit(f) || f.name === e.title) && !raw(f))
    .map((f): Target => ({ name: f.name, label: f.label, required: !!f.required, also: [f.name, f.label] }));
  const lines = (e.lines ?? []).flatMap((l) =>
    l.fields
      .filter((f) => !system.has(f.name) && mayEdit(f) && !raw(f))
      .map((f): Target => {
        const name = `${l.name}.${f.name}`;
        const label = `${l.label} · ${f.label}`;
        return { name, label, required: false, also: [name, label, `${l.label}.${f.label}`, `${l.label}${f.label}`] };
      }),
  );
  return [...own, ...lines];
}

const same = (s: string) => s.toLowerCase().replace(/[\s*_（）()：:·-]/g, '');

// guessed matches a file's columns to fields by name or label; what nothing fits is left out. A field is filled once.
export function guessed(titles: string[], targets: Target[]): Record<string, string> {
  const out: Record<string, string> = {};
  const taken = new Set<string>();
  for (const title of titles) {
    if (!title) continue;
    const fit = targets.find((x) => !taken.has(x.name) && x.also.some((a) => same(a) === same(title)));
    out[title] = fit?.name ?? '';
    if (fit) taken.add(fit.name);
  }
  for (const title of titles) {
    if (out[title] !== '') continue;
    const near = targets.filter((x) => !taken.has(x.name) && x.also.some((a) => alike(same(a), same(title))));
    if (near.length !== 1 || !near[0]) continue; // what could be two things is for people to say
    out[title] = near[0].name;
    taken.add(near[0].name);
  }
  return out;
}

// alike tells whether one title ends with the other, as "客户编号" with "编号" and "Customer name" with "name": what stands before says whose it is.
const alike = (a: string, b: string) => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= (/[a-z]/.test(short) ? 4 : 2) && long.endsWith(short);
};
