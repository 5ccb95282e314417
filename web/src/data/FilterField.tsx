import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Op } from '@/meta/kind';
import { typeOf } from '@/meta/kinds';
import { fieldOf, searchable } from '@/meta/meta';
import type { Entity, Field } from '@/meta/types';
import { Select } from '@/ui/pickers';
import type { Filter } from './query';

const asked = (f: Field) => searchable(f) && f.name !== 'id' && f.name !== 'version' && typeOf(f).ops.length > 0;

// filterFields are the fields that a list may be filtered by, those that its module marks first, those of its lines last: the documents with a line that fits.
export const filterFields = (entity: Entity): Field[] => [
  ...entity.fields.filter(asked).sort((a, b) => Number(!!b.filter) - Number(!!a.filter)),
  ...(entity.lines ?? []).flatMap((l) =>
    l.fields
      .filter((f) => asked(f) && f.name !== 'position')
      .map((f) => ({ ...f, name: `${l.name}.${f.name}`, label: `${l.label} · ${f.label}` })),
  ),
];

// filterField is the field that a condition is about.
export const filterField = (entity: Entity, name: string) =>
  fieldOf(entity, name) ?? filterFields(entity).find((f) => f.name === name);

const truth = (field: Field, op: Op) => op === 'null' || field.kind === 'bool';

// ready tells that a condition says enough to be asked.
export const ready = (field: Field, f: Filter) => truth(field, f.op) || f.value !== '';

// whole fills in what a condition means where nothing was chosen.
export const whole = (field: Field, f: Filter): Filter => (truth(field, f.op) ? { ...f, value: f.value || 'true' } : f);

// firstOf is a new condition on a field.
export const firstOf = (field: Field | undefined): Filter => ({
  field: field?.name ?? '',
  op: field ? (typeOf(field).ops[0] ?? 'eq') : 'eq',
  value: '',
});

export interface FilterFieldProps {
  entity: Entity;
  value: Filter;
  onChange: (f: Filter) => void;
}

// FilterField edits one condition: which field, how it is compared, with what.
export function FilterField({ entity, value, onChange }: FilterFieldProps) {
  const { t } = useTranslation();
  const fields = filterFields(entity);
  const field = filterField(entity, value.field);
  const ops = field ? typeOf(field).ops : [];
  return (
    <>
      <Select
        aria-label={t('filter.field')}
        size="small"
        showSearch={{ optionFilterProp: 'label' }}
        value={field ? value.field : undefined}
        options={fields.map((f) => ({ value: f.name, label: f.label }))}
        onChange={(n: string) => onChange(firstOf(filterField(entity, n)))}
      />
      <Select
        aria-label={t('filter.op')}
        size="small"
        value={value.op}
        options={ops.map((o) => ({ value: o, label: t(`op.${o}`) }))}
        onChange={(op: Op) => onChange({ ...value, op })}
      />
      {field && (
        <FilterValue field={field} op={value.op} value={value.value} onChange={(v) => onChange({ ...value, value: v })} />
      )}
    </>
  );
}

interface FilterValueProps {
  field: Field;
  op: Op;
  value: string;
  onChange: (v: string) => void;
}

function FilterValue({ field, op, value, onChange }: FilterValueProps) {
  const { t } = useTranslation();
  const many = op === 'in' || op === 'nin';
  if (truth(field, op)) {
    return (
      <Select
        aria-label={t('filter.value')}
        size="small"
        value={value || 'true'}
        options={[
          { value: 'true', label: t('yes') },
          { value: 'false', label: t('no') },
        ]}
        onChange={onChange}
      />
    );
  }
  if (many && field.options?.length) {
    return (
      <Select
        aria-label={t('filter.value')}
        size="small"
        mode="multiple"
        value={value ? value.split(',') : []}
        options={field.options}
        onChange={(v: string[]) => onChange(v.join(','))}
      />
    );
  }
  const { Input, Cell } = typeOf(field);
  if (!many) {
    return (
      <Input
        field={field}
        value={value}
        label={t('filter.value')}
        small
        onChange={(v) => onChange(v === null || v === undefined ? '' : String(v))}
      />
    );
  }
  const values = value ? value.split(',') : [];
  return (
    <span className="filter-values">
      {values.map((v) => (
        <span key={v} className="filter-chip">
          <button type="button" onClick={() => onChange(values.filter((x) => x !== v).join(','))}>
            <Cell field={field} value={v} />
            <X size={12} aria-label={t('filter.remove', { field: field.label })} />
          </button>
        </span>
      ))}
      <Input
        key={values.length}
        field={{ ...field, required: true }}
        value={null}
        label={t('filter.value')}
        small
        onChange={(v) => v && onChange([...new Set([...values, String(v)])].join(','))}
      />
    </span>
  );
}

// Shown is what a condition compares with, as people read it.
export function Shown({ field, filter }: { field: Field; filter: Filter }) {
  const { t } = useTranslation();
  const { Cell } = typeOf(field);
  if (truth(field, filter.op)) return <span>{filter.value === 'true' ? t('yes') : t('no')}</span>;
  const values = filter.op === 'in' || filter.op === 'nin' ? filter.value.split(',') : [filter.value];
  return (
    <>
      {values.slice(0, 3).map((v) => (
        <Cell key={v} field={{ ...field, name: 'filtered' }} value={v} />
      ))}
      {values.length > 3 && <span className="muted">+{values.length - 3}</span>}
    </>
  );
}
