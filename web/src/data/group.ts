import type { Op } from '@/meta/kind';
import type { Filter } from './query';

// Group joins conditions and further groups: all of them hold (and), or one of them (or). The API takes it as JSON in filter=.
export interface Group {
  join: 'and' | 'or';
  nodes: Node[];
}
export type Node = Filter | Group;

export const isGroup = (n: Node): n is Group => 'nodes' in n;

// What the API takes: groups within groups, and conditions and groups together.
export const maxLevels = 3;
export const maxNodes = 100;

type Json = Record<string, unknown>;

const scalar = (v: unknown) => (Array.isArray(v) ? v.join(',') : String(v ?? ''));

function nodeOf(v: unknown): Node | undefined {
  if (typeof v !== 'object' || v === null) return undefined;
  const m = v as Json;
  for (const join of ['and', 'or'] as const) {
    const list = m[join];
    if (!Array.isArray(list)) continue;
    const nodes = list.map(nodeOf);
    return nodes.every((n) => n !== undefined) ? { join, nodes: nodes as Node[] } : undefined;
  }
  if (typeof m.field !== 'string') return undefined;
  return { field: m.field, op: (m.op as Op) ?? 'eq', value: scalar(m.value) };
}

// parseGroup reads what stands in an address; undefined is nothing, or nothing that can be read.
export function parseGroup(text: string): Group | undefined {
  if (!text) return undefined;
  try {
    const n = nodeOf(JSON.parse(text));
    return n && (isGroup(n) ? n : { join: 'and', nodes: [n] });
  } catch {
    return undefined;
  }
}

const jsonOf = (n: Node): Json =>
  isGroup(n) ? { [n.join]: n.nodes.map(jsonOf) } : { field: n.field, ...(n.op === 'eq' ? {} : { op: n.op }), value: n.value };

// printGroup writes a group for the address; conditions without a value and empty groups are left out.
export function printGroup(g: Group | undefined): string {
  const whole = g && pruned(g);
  return whole ? JSON.stringify(jsonOf(whole)) : '';
}

function pruned(g: Group): Group | undefined {
  const nodes = g.nodes.flatMap((n): Node[] => {
    if (!isGroup(n)) return n.value === '' ? [] : [n];
    const below = pruned(n);
    return below ? [below] : [];
  });
  return nodes.length ? { ...g, nodes } : undefined;
}

export const countOf = (g: Group): number => g.nodes.reduce((sum, n) => sum + (isGroup(n) ? 1 + countOf(n) : 1), 0);

// conditionsOf are the conditions of all levels.
export const conditionsOf = (g: Group): Filter[] => g.nodes.flatMap((n) => (isGroup(n) ? conditionsOf(n) : [n]));
