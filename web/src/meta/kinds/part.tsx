import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { Select } from '@/ui/pickers';
import { blank, type FieldType } from '../kind';
import { type Meta, titleOf, useMeta } from '../meta';
import type { Entity, Field, Row } from '../types';
import { quantity } from './number';
import { ref } from './ref';

// headOf is the record whose lines are meant, where the form says so: a return's order. Undefined: nothing says it, lines of all are meant.
function headOf(meta: Meta, of: Entity, field: Field, head: Row): { id?: string; field?: string } | undefined {
  const form = meta.entities.find((e) => e.fields.includes(field) || e.lines?.some((l) => l.fields.includes(field)));
  const f = form?.fields.find((x) => x.ref === of.name);
  return f && { id: blank(head[f.name]) ? undefined : String(head[f.name]), field: f.edit ? f.label : undefined };
}

const linesOf = (r: Row, f: Field) => ((r[f.part?.lines ?? ''] as Row[] | undefined) ?? []).map((line) => ({ line, record: r }));

// useParts are the lines among which a field chooses one, and what has to be chosen before.
function useParts(field: Field, row: Row | undefined) {
  const meta = useMeta();
  const of = meta.named(field.part?.of);
  const head = of && headOf(meta, of, field, (row?._head ?? row ?? {}) as Row);
  const one = useQuery({
    queryKey: ['record', of?.path, head?.id],
    queryFn: ({ signal }) => get<Row>(`${of?.path}/${head?.id}`, undefined, signal),
    enabled: !!of && !!head?.id,
  });
  const every = useQuery({
    queryKey: ['list', of?.path, 'parts'],
    queryFn: ({ signal }) => get<PageOf<Row>>(of?.path ?? '', { limit: 200 }, signal),
    enabled: !!of && !head,
  });
  const rows = head ? (one.data ? [one.data] : []) : (every.data?.data ?? []);
  return { of, parts: rows.flatMap((r) => linesOf(r, field)), first: head && !head.id ? head : undefined };
}

// Named says what a line is called, or which product it is of and how much.
function Named({ of, field, line, record }: { of: Entity; field: Field; line: Row; record: Row }): ReactNode {
  const lines = of.lines?.find((l) => l.name === field.part?.lines);
  if (field.part?.named) return `${titleOf(of, record)} · ${line.name}`;
  const product = lines?.fields.find((f) => f.name === 'product_id');
  const n = lines?.fields.find((f) => f.name === 'quantity');
  return (
    <span className="ref">
      <span className="muted">{Number(line.position ?? 0) + 1}</span>
      {product && <ref.Cell field={product} value={line.product_id} row={line} />}
      {n && (
        <>
          × <quantity.Cell field={n} value={line.quantity} row={line} />
        </>
      )}
    </span>
  );
}

// part is a line of another record: chosen among those of the one that is named above, or of all.
export const part: FieldType = {
  width: 180,
  ops: [],
  text: (v) => (blank(v) ? '' : String(v)),
  parse: () => undefined,
  Cell: ({ field, value, row }) => {
    const { of, parts } = useParts(field, row);
    const found = parts.find((p) => p.line.id === value);
    return of && found ? (
      <span className="clip">
        <Named of={of} field={field} {...found} />
      </span>
    ) : null;
  },
  Input: ({ field, value, onChange, row, id, label, small, invalid, onDone }) => {
    const { t } = useTranslation();
    const { of, parts, first } = useParts(field, row);
    return (
      <Select
        id={id}
        aria-label={label}
        size={small ? 'small' : undefined}
        status={invalid ? 'error' : undefined}
        allowClear={!field.required}
        disabled={!!first}
        placeholder={first?.field && t('choose_first', { what: first.field })}
        popupMatchSelectWidth={280}
        value={blank(value) ? undefined : String(value)}
        options={of ? parts.map((p) => ({ value: p.line.id, label: <Named of={of} field={field} {...p} /> })) : []}
        onChange={(v?: string) => {
          onChange(v ?? null);
          onDone?.();
        }}
      />
    );
  },
};
