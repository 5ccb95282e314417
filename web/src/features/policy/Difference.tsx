import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import { Empty, Skeleton } from '@/ui/parts';
import { Select } from '@/ui/pickers';

interface Line {
  op: '=' | '-' | '+';
  text: string;
  old?: number;
  new?: number;
}

interface Answer {
  from: string;
  words: { kind: string; text: string; role: string; rule: string; what: string }[];
  rego: Line[];
  cases: Line[];
}

// Difference says what a version changes, in words and line by line.
export function Difference({ id, dirty }: { id: string; dirty: boolean }) {
  const { t } = useTranslation();
  const [against, setAgainst] = useState('');
  const { data } = useQuery({
    queryKey: ['policy', 'diff', id, against, lang()],
    queryFn: () => get<Answer>(`policy/versions/${id}/diff`, { with: against }),
  });
  return (
    <section className="card">
      <div className="studio-line">
        <span>{t('policy:diff.against')}</span>
        <span style={{ width: 220 }}>
          <Select
            aria-label={t('policy:diff.against')}
            value={against}
            onChange={setAgainst}
            options={['', 'current', 'base', 'shipped'].map((value) => ({ value, label: t(`policy:diff.${value || 'usual'}`) }))}
          />
        </span>
        {dirty && <span className="muted">{t('policy:unsaved')}</span>}
      </div>
      {!data ? (
        <Skeleton rows={4} />
      ) : data.words.length === 0 ? (
        <Empty title={t('policy:diff.none')} />
      ) : (
        <ul className="studio-words">
          {data.words.map((w) => (
            <li key={`${w.kind} ${w.role} ${w.rule} ${w.what} ${w.text}`}>{w.text}</li>
          ))}
        </ul>
      )}
      {(['rego', 'cases'] as const).map(
        (part) => data && data[part].length > 0 && <Lines key={part} label={t(`policy:tab.${part}`)} list={data[part]} />,
      )}
    </section>
  );
}

const Lines = ({ label, list }: { label: string; list: Line[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <div className="studio-diff" role="region" aria-label={label} tabIndex={0}>
    {list.map((l) => (
      <div key={`${l.op} ${l.old ?? ''} ${l.new ?? ''}`} className={l.op === '+' ? 'plus' : l.op === '-' ? 'minus' : undefined}>
        {l.op === '=' ? ' ' : l.op} {l.text}
      </div>
    ))}
  </div>
);
