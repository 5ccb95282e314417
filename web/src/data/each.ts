import { isProblem } from '@/api/problem';
import type { Row } from '@/meta/types';

// each does something with records, four at a time, and gathers what was refused.
export async function each(rows: Row[], work: (r: Row) => Promise<unknown>): Promise<[Row, string][]> {
  const refused: [Row, string][] = [];
  const left = [...rows];
  const run = async () => {
    for (let r = left.shift(); r; r = left.shift()) {
      const row = r;
      await work(row).catch((e) => refused.push([row, isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)]));
    }
  };
  await Promise.all([run(), run(), run(), run()]);
  return refused;
}
