import type { Problem } from '@/api/problem';
import { typeOf } from '@/meta/kinds';
import type { Entity, Row } from '@/meta/types';
import { type Draft, formFields } from './draft';
import { FieldBox } from './FieldBox';
import { LineGrid } from './LineGrid';
import { Mistakes } from './Mistakes';
import './form.css';

export interface RecordFormProps {
  entity: Entity;
  draft: Draft;
  onChange: (d: Draft) => void;
  problem?: Problem;
}

// labelsOf names fields as mistakes do: "quantity", "lines.quantity".
export const labelsOf = (e: Entity): Record<string, string> =>
  Object.fromEntries([
    ...e.fields.map((f) => [f.name, f.label]),
    ...(e.lines ?? []).flatMap((l) => [[l.name, l.label], ...l.fields.map((f) => [`${l.name}.${f.name}`, f.label])]),
  ]);

// RecordForm writes a record with its lines. It holds nothing itself: the draft is its owner's.
export function RecordForm({ entity, draft, onChange, problem }: RecordFormProps) {
  const put = (name: string, v: unknown) => onChange({ ...draft, values: { ...draft.values, [name]: v } });
  const currency = typeof draft.values.currency === 'string' ? draft.values.currency : undefined;
  return (
    <div className="form">
      {problem && <Mistakes problem={problem} labels={labelsOf(entity)} />}
      <section className="card form-grid" aria-label={entity.label}>
        {formFields(entity).map((f) => {
          const { Input } = typeOf(f);
          return (
            <FieldBox key={f.name} field={f} path={f.name} problem={problem}>
              {(id, invalid) => (
                <Input
                  field={f}
                  id={id}
                  invalid={invalid}
                  value={draft.values[f.name]}
                  row={draft.values as Row}
                  onChange={(v) => put(f.name, v)}
                />
              )}
            </FieldBox>
          );
        })}
      </section>
      {(entity.lines ?? [])
        .filter((l) => draft.lines[l.name])
        .map((l) => (
          <LineGrid
            key={l.name}
            lines={l}
            value={draft.lines[l.name] ?? []}
            head={draft.values}
            currency={currency}
            problem={problem}
            onChange={(list) => onChange({ ...draft, lines: { ...draft.lines, [l.name]: list } })}
          />
        ))}
    </div>
  );
}
