import { Button } from 'antd';
import { ListFilter, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Op } from '@/meta/kind';
import { typeOf } from '@/meta/kinds';
import { fieldOf, searchable } from '@/meta/meta';
import type { Entity, Field } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { Select } from '@/ui/pickers';
import type { Filter } from './query';

export interface FilterBarProps {
  entity: Entity;
  filters: Filter[];
  onChange: (filters: Filter[]) => void;
}

// FilterBar shows the conditions of a list. All of them hold (and); within one field, any of several values (or).
export function FilterBar({ entity, filters, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const put = (i: number, f: Filter | undefined) => onChange(f ? filters.with(i, f) : filters.toSpliced(i, 1));
  return (
    <>
      {filters.map((f, i) => {
        const field = fieldOf(entity, f.field);
        if (!field) return null;
        return (
          <span key={`${f.field}${f.op}`} className="filter-chip">
            <Pop
              label={t('filter.edit')}
              side="start"
              width={280}
              trigger={(open, toggle) => (
                <button type="button" aria-expanded={open} onClick={toggle}>
                  <span className="muted">{field.label}</span>
                  <span className="muted">{t(`op.${f.op}`)}</span>
                  <Shown field={field} filter={f} />
                </button>
              )}
            >
              {(close) => (
                <FilterForm
                  entity={entity}
                  start={f}
                  onDone={(next) => {
                    put(i, next);
                    close();
                  }}
                />
              )}
            </Pop>
            <button type="button" aria-label={t('filter.remove', { field: field.label })} onClick={() => put(i, undefined)}>
              <X size={12} />
            </button>
          </span>
        );
      })}
      <Pop
        label={t('filter.add')}
        side="start"
        width={280}
        trigger={(open, toggle) => (
          <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
            {filters.length ? <Plus size={14} aria-hidden="true" /> : <ListFilter size={14} aria-hidden="true" />}
            {t('filter.add')}
          </button>
        )}
      >
        {(close) => (
          <FilterForm
            entity={entity}
            onDone={(f) => {
              onChange([...filters.filter((x) => x.field !== f.field || x.op !== f.op), f]);
              close();
            }}
          />
        )}
      </Pop>
    </>
  );
}

function Shown({ field, filter }: { field: Field; filter: Filter }) {
  const { t } = useTranslation();
  const { Cell } = typeOf(field);
  if (filter.op === 'null') return <span>{filter.value === 'true' ? t('yes') : t('no')}</span>;
  if (field.kind === 'bool') return <span>{filter.value === 'true' ? t('yes') : t('no')}</span>;
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

function FilterForm({ entity, start, onDone }: { entity: Entity; start?: Filter; onDone: (f: Filter) => void }) {
  const { t } = useTranslation();
  const usable = entity.fields.filter(
    (f) => searchable(f) && f.name !== 'id' && f.name !== 'version' && typeOf(f).ops.length > 0,
  );
  const sorted = [...usable].sort((a, b) => Number(!!b.filter) - Number(!!a.filter));
  const [name, setName] = useState(start?.field ?? sorted[0]?.name ?? '');
  const field = fieldOf(entity, name);
  const ops = field ? typeOf(field).ops : [];
  const [op, setOp] = useState<Op>(start?.op ?? ops[0] ?? 'eq');
  const [value, setValue] = useState(start?.value ?? '');
  if (!field) return null;
  const many = op === 'in' || op === 'nin';
  const ready = op === 'null' || field.kind === 'bool' || value !== '';
  return (
    <form
      className="filter-form"
      onSubmit={(e) => {
        e.preventDefault();
        const whole = op === 'null' || field.kind === 'bool' ? value || 'true' : value;
        if (ready) onDone({ field: name, op, value: whole });
      }}
    >
      <Select
        aria-label={t('filter.field')}
        size="small"
        showSearch={{ optionFilterProp: 'label' }}
        value={name}
        options={sorted.map((f) => ({ value: f.name, label: f.label }))}
        onChange={(n: string) => {
          setName(n);
          const f = fieldOf(entity, n);
          setOp(f ? (typeOf(f).ops[0] ?? 'eq') : 'eq');
          setValue('');
        }}
      />
      <Select
        aria-label={t('filter.op')}
        size="small"
        value={op}
        options={ops.map((o) => ({ value: o, label: t(`op.${o}`) }))}
        onChange={(o: Op) => setOp(o)}
      />
      <FilterValue field={field} op={op} many={many} value={value} onChange={setValue} />
      <Button type="primary" size="small" htmlType="submit" disabled={!ready}>
        {t('filter.apply')}
      </Button>
    </form>
  );
}

function FilterValue({
  field,
  op,
  many,
  value,
  onChange,
}: {
  field: Field;
  op: Op;
  many: boolean;
  value: string;
  onChange: (v: string) => void;
}) {
  const { t } = useTranslation();
  if (op === 'null' || field.kind === 'bool') {
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
    <>
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
    </>
  );
}
