import { typeOf } from '@/meta/kinds';
import type { Field } from '@/meta/types';

// Ref shows what a record is called, where only its kind and id are at hand.
export function Ref({ to, id, link = true }: { to: string; id: unknown; link?: boolean }) {
  const field: Field = { name: 'id', label: '', kind: 'id', ref: to, class: 'basic', edit: false };
  const { Cell } = typeOf(field);
  return <Cell field={field} value={id} row={{ id: '', version: 0 }} link={link} />;
}
