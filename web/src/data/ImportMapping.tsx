import { useTranslation } from 'react-i18next';
import { listed } from '@/ui/format';
import { Select } from '@/ui/pickers';
import type { Target } from './mapping';
import { Sheet } from './Sheet';
import type { Head } from './sheetfile';

interface MappingProps {
  head: Head;
  targets: Target[];
  value: Record<string, string>;
  onChange: (v: Record<string, string>) => void;
}

// Mapping says which column fills which field.
export function Mapping({ head, targets, value, onChange }: MappingProps) {
  const { t } = useTranslation();
  const taken = new Set(Object.values(value));
  const missing = targets.filter((x) => x.required && !taken.has(x.name));
  const titles = [...new Set(head.titles.filter(Boolean))];
  return (
    <section className="card">
      <header>
        <h2>{t('import.match')}</h2>
        <span className="muted">{t('import.matched', { n: titles.filter((x) => value[x]).length, all: titles.length })}</span>
      </header>
      {missing.length > 0 && (
        <p className="wrong import-missing">{t('import.missing', { fields: listed(missing.map((x) => x.label)) })}</p>
      )}
      <Sheet
        label={t('import.match')}
        columns={[
          { key: 'title', label: t('import.column') },
          { key: 'sample', label: t('import.sample') },
          { key: 'field', label: t('import.field') },
        ]}
        rows={titles.map((title) => ({ id: title, at: head.titles.indexOf(title) }))}
        cell={(key, r) =>
          key === 'title' ? (
            <b>{r.id}</b>
          ) : key === 'sample' ? (
            <span className="muted clip import-sample">
              {head.samples
                .map((s) => s[r.at])
                .filter(Boolean)
                .join(' / ')}
            </span>
          ) : (
            <span className="import-field">
              <Select
                size="small"
                aria-label={t('import.field_of', { column: r.id })}
                showSearch={{ optionFilterProp: 'label' }}
                value={value[r.id] ?? ''}
                options={[
                  { value: '', label: t('import.skip') },
                  ...targets.map((x) => ({
                    value: x.name,
                    label: x.required ? `${x.label} *` : x.label,
                    disabled: taken.has(x.name) && value[r.id] !== x.name,
                  })),
                ]}
                onChange={(name: string) => onChange({ ...value, [r.id]: name })}
              />
            </span>
          )
        }
      />
    </section>
  );
}
