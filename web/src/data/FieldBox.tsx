import { type ReactNode, useId } from 'react';
import type { Problem } from '@/api/problem';
import { typeOf } from '@/meta/kinds';
import type { Field } from '@/meta/types';

export interface FieldBoxProps {
  field: Field;
  path: string; // as mistakes name it
  problem?: Problem;
  children: (id: string, invalid: boolean) => ReactNode;
}

// FieldBox is a field of a form: its label, its input, what is wrong with it.
export function FieldBox({ field, path, problem, children }: FieldBoxProps) {
  const id = useId();
  const wrong = problem?.at(path);
  const wide =
    typeOf(field).wide ||
    (field.kind === 'text' && !field.options && !field.ref && /note|terms|description|address|reason/.test(field.name));
  return (
    <div className={wide ? 'box wide' : 'box'}>
      <label htmlFor={id}>
        {field.required && (
          <span className="wrong" aria-hidden="true">
            *
          </span>
        )}
        {field.label}
      </label>
      {children(id, !!wrong)}
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}
