import { Columns3 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { columnsOf, raw, system } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { Pop } from '@/ui/Pop';

const shown = (name: string) => !system.has(name) || name === 'created_at' || name === 'updated_at' || name === 'created_by';

// Columns chooses what a list shows.
export function Columns({
  entity,
  value,
  onChange,
}: {
  entity: Entity;
  value: string[];
  onChange: (cols: string[] | undefined) => void;
}) {
  const { t } = useTranslation();
  return (
    <Pop
      label={t('columns')}
      width={240}
      trigger={(open, toggle) => (
        <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
          <Columns3 size={14} aria-hidden="true" />
          {t('columns')}
        </button>
      )}
    >
      {() => (
        <>
          {entity.fields
            .filter((f) => shown(f.name) && !raw(f) && f.kind !== 'json' && f.kind !== 'bytes')
            .map((f) => (
              <label key={f.name} className="item">
                <input
                  type="checkbox"
                  className="check"
                  checked={value.includes(f.name)}
                  disabled={value.length === 1 && value[0] === f.name}
                  onChange={(e) => onChange(e.target.checked ? [...value, f.name] : value.filter((n) => n !== f.name))}
                />
                <span className="clip">{f.label}</span>
              </label>
            ))}
          <button type="button" className="item" onClick={() => onChange(undefined)}>
            {t('columns_reset')}
          </button>
        </>
      )}
    </Pop>
  );
}

export const columnsFor = (entity: Entity, cols: string[] | undefined) =>
  cols ? cols.flatMap((n) => entity.fields.find((f) => f.name === n) ?? []) : columnsOf(entity);
