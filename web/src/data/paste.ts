import { typeOf } from '@/meta/kinds';
import type { Field } from '@/meta/types';

// rowsOf reads what a spreadsheet puts on the clipboard: tabs between cells, quotes around cells that hold tabs or line breaks.
export function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const end = () => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"';
        i++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === '\t') end();
    else if (c === '\n') {
      end();
      rows.push([]);
    } else if (c !== '\r') cell += c;
  }
  end();
  return rows.filter((r) => r.some((x) => x.trim() !== ''));
}

export interface Pasted {
  rows: Record<string, unknown>[];
  refused: { row: number; field: Field; text: string }[];
  open: { row: number; field: Field; text: string }[]; // references, which the server must find
}

// read turns cells into values of the fields from one column on. What cannot be read is named, not dropped in silence.
export function read(cells: string[][], fields: Field[], from: number): Pasted {
  const out: Pasted = { rows: [], refused: [], open: [] };
  cells.forEach((line, row) => {
    const values: Record<string, unknown> = {};
    line.forEach((text, i) => {
      const field = fields[from + i];
      if (!field || text.trim() === '') return;
      if (field.ref) {
        out.open.push({ row, field, text: text.trim() });
        return;
      }
      const v = typeOf(field).parse(text, field);
      if (v === undefined) out.refused.push({ row, field, text });
      else values[field.name] = v;
    });
    out.rows.push(values);
  });
  return out;
}
