import { typeOf } from './kinds';
import type { Field } from './types';

const most = 220; // px: longer names are cut and told in full by their title

// span is about how wide a text is, in px: a Chinese character takes the room of two others.
const span = (s: string) => [...s].reduce((w, c) => w + (c > '\u2e7f' ? 13 : /[A-Z0-9mw%]/.test(c) ? 8.5 : 6.8), 0);

// widthOf is the room that a column of a table needs: for its values, its name with the arrow of sorting, and the longest of its options.
export function widthOf(f: Field): number {
  const options = (f.options ?? []).map((o) => span(o.label) + 48);
  return Math.round(Math.max(typeOf(f).width, Math.min(most, Math.max(span(f.label) + 38, ...options))));
}
