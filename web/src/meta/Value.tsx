import { Denied } from '@/ui/parts';
import { typeOf } from './kinds';
import type { Field, Row } from './types';

export const isDenied = (row: Row | undefined, field: string) => row?._denied?.includes(field) ?? false;

// Value shows a field of a record, or that it may not be seen.
export function Value({ field, row, link }: { field: Field; row: Row; link?: boolean }) {
  if (isDenied(row, field.name)) return <Denied />;
  const { Cell } = typeOf(field);
  return <Cell field={field} value={row[field.name]} row={row} link={link} />;
}
