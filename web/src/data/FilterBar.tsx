import { Button } from 'antd';
import { ListFilter, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { FilterField, filterField, filterFields, firstOf, ready, Shown, whole } from './FilterField';
import { GroupChip } from './FilterGroup';
import type { Filter } from './query';

export interface FilterBarProps {
  entity: Entity;
  filters: Filter[];
  group: string; // conditions joined by and and or, as the API takes them
  onChange: (filters: Filter[]) => void;
  onGroup: (group: string) => void;
}

// FilterBar shows the conditions of a list. All of them hold (and); within one field, any of several values (or). What must be said with and and or stands in a group beside them.
export function FilterBar({ entity, filters, group, onChange, onGroup }: FilterBarProps) {
  const { t } = useTranslation();
  const put = (i: number, f: Filter | undefined) => onChange(f ? filters.with(i, f) : filters.toSpliced(i, 1));
  return (
    <>
      {filters.map((f, i) => {
        const field = filterField(entity, f.field);
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
        hotkey="f"
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
      <GroupChip entity={entity} value={group} onChange={onGroup} />
    </>
  );
}

function FilterForm({ entity, start, onDone }: { entity: Entity; start?: Filter; onDone: (f: Filter) => void }) {
  const { t } = useTranslation();
  const [value, setValue] = useState(start ?? firstOf(filterFields(entity)[0]));
  const field = filterField(entity, value.field);
  if (!field) return null;
  return (
    <form
      className="filter-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (ready(field, value)) onDone(whole(field, value));
      }}
    >
      <FilterField entity={entity} value={value} onChange={setValue} />
      <Button type="primary" size="small" htmlType="submit" disabled={!ready(field, value)}>
        {t('filter.apply')}
      </Button>
    </form>
  );
}
