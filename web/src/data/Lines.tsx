import { useTranslation } from 'react-i18next';
import { blank } from '@/meta/kind';
import { typeOf } from '@/meta/kinds';
import { raw, system } from '@/meta/meta';
import type { Field, Lines as LinesOf, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Sheet } from './Sheet';

// shownLines are the columns that say something: what the module marks, and what is filled in any line.
export function shownLines(fields: Field[], rows: Row[]): Field[] {
  const usable = fields.filter((f) => !system.has(f.name) && !raw(f) && f.kind !== 'json' && !f.name.startsWith('base_'));
  return usable.filter(
    (f) => f.list || f.required || rows.some((r) => !blank(r[f.name]) && r[f.name] !== '0' && r[f.name] !== false),
  );
}

// Lines shows the nested lines of a document.
export function Lines({ lines, row }: { lines: LinesOf; row: Row }) {
  const { t } = useTranslation();
  const rows = (row[lines.name] as Row[] | undefined) ?? [];
  const fields = shownLines(lines.fields, rows);
  return (
    <section className="card">
      <header>
        <h2>{lines.label}</h2>
        <span className="muted">{rows.length}</span>
      </header>
      {rows.length === 0 ? (
        <p className="muted" style={{ padding: '12px 16px' }}>
          {t('lines.none')}
        </p>
      ) : (
        <Sheet
          label={lines.label}
          columns={fields.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end && !f.ref }))}
          rows={rows}
          cell={(key, r) => {
            const f = fields.find((x) => x.name === key);
            return f && <Value field={f} row={{ currency: row.currency, ...r }} link />;
          }}
        />
      )}
    </section>
  );
}
