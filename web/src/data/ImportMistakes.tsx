import { Button } from 'antd';
import { CircleAlert, Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RowMistake } from '@/api/jobs';
import type { Entity } from '@/meta/types';
import { targetsOf } from './mapping';
import { Sheet } from './Sheet';

const page = 200;
const cell = (s: string) => `"${(/^[=+\-@]/.test(s) ? `'${s}` : s).replaceAll('"', '""')}"`;

// RowMistakes tells what is wrong, row by row, to be read here or beside the table. kept: batches before them are saved.
export function RowMistakes({ entity, list, name, kept }: { entity: Entity; list: RowMistake[]; name: string; kept?: boolean }) {
  const { t } = useTranslation();
  const [most, setMost] = useState(page);
  const labels = new Map(targetsOf(entity).map((x) => [x.name, x.label]));
  const of = (m: RowMistake) => labels.get(m.column ?? '') ?? m.column ?? '';
  const rows = new Set(list.map((m) => m.row)).size;
  const save = () => {
    const lines = list.map((m) => [String(m.row ?? ''), of(m), m.detail].map(cell).join(','));
    const head = [t('import.row'), t('import.column'), t('import.wrong')].map(cell).join(',');
    const a = document.createElement('a');
    a.href = URL.createObjectURL(new Blob([`\ufeff${[head, ...lines].join('\r\n')}`], { type: 'text/csv' }));
    a.download = `${name.replace(/\.\w+$/, '')}-${t('import.wrong')}.csv`;
    a.click();
    URL.revokeObjectURL(a.href);
  };
  return (
    <section className="card" aria-label={t('import.wrong')}>
      <header>
        <CircleAlert size={16} className="wrong" aria-hidden="true" />
        <div role="alert">
          <h2>{t(kept ? 'import.mistakes_rest' : 'import.mistakes', { n: list.length, rows })}</h2>
        </div>
        <span className="grow" />
        <button type="button" className="tool" onClick={save}>
          <Download size={14} aria-hidden="true" />
          {t('import.save_mistakes')}
        </button>
      </header>
      <p className="muted import-missing">{t('import.fix')}</p>
      <Sheet
        label={t('import.wrong')}
        columns={[
          { key: 'row', label: t('import.row'), end: true },
          { key: 'column', label: t('import.column') },
          { key: 'detail', label: t('import.wrong') },
        ]}
        rows={list.slice(0, most).map((m, i) => ({ ...m, id: String(i) }))}
        cell={(key, m) => (key === 'row' ? m.row : key === 'column' ? of(m) : <span className="wrong">{m.detail}</span>)}
      />
      {list.length > most && (
        <div className="import-missing">
          <Button size="small" onClick={() => setMost(most + page)}>
            {t('more', { n: list.length - most })}
          </Button>
        </div>
      )}
    </section>
  );
}
