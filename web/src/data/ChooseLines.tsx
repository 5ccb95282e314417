import { useTranslation } from 'react-i18next';
import { system } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Sheet } from './Sheet';

interface ChooseLinesProps {
  label: string;
  entity: Entity;
  row: Row;
  value: string[]; // ids; none: all of them
  onChange: (ids: string[]) => void;
}

// ChooseLines lets an action be for some of a document's lines only.
export function ChooseLines({ label, entity, row, value, onChange }: ChooseLinesProps) {
  const { t } = useTranslation();
  const lines = entity.lines?.find((l) => Array.isArray(row[l.name]) && (row[l.name] as Row[]).length > 0);
  if (!lines) return null;
  const rows = row[lines.name] as Row[];
  const fields = lines.fields.filter((f) => !system.has(f.name));
  const what = fields.find((f) => f.ref && f.kind === 'id') ?? fields[0];
  const much = fields.filter((f) => f.name === 'quantity' || f.name === 'unit');
  const shown = what ? [what, ...much] : much;
  return (
    <section className="card" aria-label={label}>
      <header>
        <b>{label}</b>
        <span className="muted">{t('action.all_lines')}</span>
      </header>
      <Sheet
        label={label}
        columns={[{ key: '', label: '' }, ...shown.map((f) => ({ key: f.name, label: f.label, end: f.kind === 'quantity' }))]}
        rows={rows}
        cell={(key, r) => {
          const field = shown.find((f) => f.name === key);
          if (field) return <Value field={field} row={r} />;
          const chosen = value.includes(r.id);
          return (
            <input
              type="checkbox"
              className="check"
              aria-label={t('action.line', { n: rows.indexOf(r) + 1 })}
              checked={chosen}
              onChange={() => onChange(chosen ? value.filter((id) => id !== r.id) : [...value, r.id])}
            />
          );
        }}
      />
    </section>
  );
}
