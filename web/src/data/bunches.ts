import type { Total } from '@/api/records';

// Bunch is one group of a grouped list: the value that its records share, how many they are, and their sums, each currency apart.
export interface Bunch {
  key: string;
  value: unknown;
  count: number;
  sums: Record<string, { currency?: string; value: string }[]>;
  filter: Record<string, string>; // what selects its records
}

// bunches brings the totals of one value together: the API answers amounts for each currency apart.
export function bunches(totals: Total[], by: string): Bunch[] {
  const out = new Map<string, Bunch>();
  for (const g of totals) {
    const value = g[by] ?? null;
    const key = JSON.stringify(value);
    const one = out.get(key) ?? {
      key,
      value,
      count: 0,
      sums: {},
      filter: value === null ? { [`${by}[null]`]: 'true' } : { [by]: String(value) },
    };
    one.count += g.count;
    for (const [name, sum] of Object.entries(g.sums ?? {})) {
      one.sums[name] = [...(one.sums[name] ?? []), { currency: g.currency ?? undefined, value: String(sum) }];
    }
    out.set(key, one);
  }
  return [...out.values()].sort((a, b) => b.count - a.count);
}
