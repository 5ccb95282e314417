import { useTranslation } from 'react-i18next';
import { RowMistakes } from '@/data/ImportMistakes';
import { Sheet } from '@/data/Sheet';
import type { Entity } from '@/meta/types';
import { group } from '@/ui/decimal';
import type { Taken } from './takeover';

// Result tells what became of each file, and what the books say then.
export function Result({ taken, list }: { taken: Taken; list: Entity[] }) {
  const { t } = useTranslation();
  const label = (path: string) => list.find((e) => e.path === path)?.label ?? path;
  const books = (taken.reports?.['finance/trial_balance'] ?? []).filter((r) => Number(r.debit) || Number(r.credit));
  return (
    <>
      <ul className="card takeover-parts">
        {taken.parts?.map((p) => (
          <li key={p.path}>
            {t('admin:takeover.part', { what: label(p.path), rows: p.rows, created: p.created })}
            {!!p.done && t('admin:takeover.part_done', { n: p.done })}
            {p.detail && <span className="wrong"> {p.detail}</span>}
          </li>
        ))}
      </ul>
      {taken.parts?.map((p) => {
        const entity = list.find((e) => e.path === p.path);
        return entity && p.errors.length > 0 && <RowMistakes key={p.path} entity={entity} list={p.errors} name={label(p.path)} />;
      })}
      {books.length > 0 && (
        <section className="card">
          <header>
            <h2>{t('admin:takeover.balance')}</h2>
          </header>
          <Sheet
            label={t('admin:takeover.balance')}
            columns={[
              { key: 'code', label: t('admin:takeover.code') },
              { key: 'name', label: t('admin:takeover.name') },
              { key: 'debit', label: t('admin:takeover.debit'), end: true },
              { key: 'credit', label: t('admin:takeover.credit'), end: true },
            ]}
            rows={books.map((b) => ({ ...b, id: b.code }))}
            cell={(key, b) =>
              key === 'code' ? b.code : key === 'name' ? b.name : group((key === 'debit' ? b.debit : b.credit) ?? '0', 2)
            }
          />
        </section>
      )}
    </>
  );
}
