import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Select } from '@/ui/pickers';

// linesMeant are the document's own lines that an input of an action means: "operation_id" its operations. Undefined: it means something else.
export const linesMeant = (entity: Entity, name: string): string | undefined =>
  entity.lines?.find((l) => name === `${l.name.replace(/s$/, '')}_id`)?.name;

// LineName says which line it is: by its name, its product, or its description.
export function LineName({ entity, lines, line }: { entity: Entity; lines: string; line: Row }) {
  const fields = entity.lines?.find((l) => l.name === lines)?.fields ?? [];
  const f = ['name', 'product_id', 'description'].flatMap((n) => fields.find((x) => x.name === n && line[n]) ?? [])[0];
  return f ? <Value field={f} row={line} /> : <span className="muted">{Number(line.position ?? 0) + 1}</span>;
}

interface ChooseLineProps {
  entity: Entity;
  row: Row;
  lines: string;
  id: string;
  invalid: boolean;
  value: unknown;
  onChange: (v: unknown) => void;
}

// ChooseLine lets an action be about one line of its document.
export function ChooseLine({ entity, row, lines, id, invalid, value, onChange }: ChooseLineProps) {
  const rows = (row[lines] as Row[] | undefined) ?? [];
  return (
    <Select
      id={id}
      status={invalid ? 'error' : undefined}
      value={value ?? undefined}
      options={rows.map((line) => ({ value: line.id, label: <LineName entity={entity} lines={lines} line={line} /> }))}
      onChange={(v?: string) => onChange(v ?? null)}
    />
  );
}
