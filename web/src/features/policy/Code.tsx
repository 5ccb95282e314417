import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import type { Word } from './RegoEditor';
import { type CaseReport, type Check, useBusy } from './versions';

const RegoEditor = lazy(() => import('./RegoEditor'));

interface Thing {
  name: string;
  label: string;
  fields: { name: string; label: string; class: string }[];
  actions: { name: string; label: string }[];
}

interface Completion {
  entities: Thing[];
  roles: { name: string; label: string }[];
  builtins: string[];
}

function useWords(): Word[] {
  const { data } = useQuery({ queryKey: ['policy', 'completion', lang()], queryFn: () => get<Completion>('policy/completion') });
  return useMemo(() => {
    if (!data) return [];
    const seen = new Map<string, string>();
    const add = (label: string, detail?: string) => seen.has(label) || seen.set(label, detail ?? '');
    for (const e of data.entities) {
      add(e.name, e.label);
      for (const f of e.fields) {
        add(f.name, `${e.label} · ${f.label}`);
        add(`input.row.${f.name}`, `${e.label} · ${f.label}`);
      }
      for (const a of e.actions) add(`action:${a.name}`, `${e.label} · ${a.label}`);
    }
    for (const r of data.roles) add(r.name, r.label);
    for (const b of data.builtins.filter((x) => /^[a-z]/.test(x))) add(b);
    for (const x of ['input.roles', 'input.entity', 'input.row', 'input.actor.id', 'deny', 'hide']) add(x);
    return [...seen].map(([label, detail]) => ({ label, detail }));
  }, [data]);
}

interface CodeProps {
  part: 'rego' | 'cases';
  value: string;
  check?: Check;
  readOnly: boolean;
  running: boolean;
  onRun: () => void;
  onChange: (text: string) => void;
}

const none: Check['mistakes'] = [];

// Code is the company's own Rego, or its cases, with what is wrong where it stands.
export function Code({ part, value, check, readOnly, running, onRun, onChange }: CodeProps) {
  const { t } = useTranslation();
  const words = useWords();
  const concerns = check?.errors.some((e) => e.field.startsWith(part));
  const [format, formatting] = useBusy(async () => {
    try {
      onChange((await post<{ rego: string }>('policy/format', { rego: value })).rego);
    } catch (e) {
      if (!isProblem(e)) throw e;
      say.error(e.fields[0]?.detail ?? e.message);
    }
  });
  return (
    <section className="card">
      <p className="rights-note muted">{t(`policy:code.${part}`)}</p>
      <Suspense fallback={<Skeleton rows={6} />}>
        <RegoEditor
          label={t(`policy:tab.${part}`)}
          language={part === 'rego' ? 'rego' : 'yaml'}
          value={value}
          words={words}
          mistakes={concerns ? (check?.mistakes ?? none) : none}
          readOnly={readOnly}
          onChange={onChange}
        />
      </Suspense>
      <div className="studio-line">
        {part === 'rego' && !readOnly && (
          <Button loading={formatting} onClick={() => void format()}>
            {t('policy:code.format')}
          </Button>
        )}
        <Button type="primary" ghost loading={running} onClick={onRun}>
          {t('policy:code.run')}
        </Button>
        {check && (
          <State tone={check.ok ? 'green' : 'red'}>
            {check.ok ? t('policy:code.fine') : (check.detail ?? t('policy:code.wrong'))}
          </State>
        )}
      </div>
      {check && !check.ok && check.errors.length > 0 && (
        <ul className="studio-words wrong">
          {check.errors.slice(0, 20).map((e) => (
            <li key={e.field + e.detail}>
              {e.field}: {e.detail}
            </li>
          ))}
        </ul>
      )}
      {check?.cases && part === 'cases' && <Report report={check.cases} />}
    </section>
  );
}

function Report({ report }: { report: CaseReport }) {
  const { t } = useTranslation();
  const c = report.coverage;
  return (
    <>
      <div className="studio-line">
        <b>{t('policy:case.result', { passed: report.total - report.failed, total: report.total })}</b>
        <span className="muted">{t('policy:case.coverage', { percent: c.percent, tried: c.tried, rules: c.rules })}</span>
      </div>
      {c.untried.length > 0 && <p className="rights-note muted">{t('policy:case.untried', { list: c.untried.join(', ') })}</p>}
      {c.untried_rego.length > 0 && (
        <p className="rights-note muted">{t('policy:case.untried_rego', { list: c.untried_rego.join(', ') })}</p>
      )}
      {report.cases.length > 0 && (
        <Sheet
          label={t('policy:tab.cases')}
          columns={['case', 'who', 'entity', 'passed', 'failures'].map((key) => ({ key, label: t(`policy:case.${key}`) }))}
          rows={report.cases.map((x) => ({ ...x, id: String(x.case) }))}
          cell={(key, x) =>
            key === 'case' ? (
              x.name || x.case
            ) : key === 'who' ? (
              x.who.join(', ')
            ) : key === 'entity' ? (
              x.entity
            ) : key === 'passed' ? (
              <State tone={x.passed ? 'green' : 'red'}>{t(x.passed ? 'policy:case.holds' : 'policy:case.fails')}</State>
            ) : (
              x.failures.map((f) => (lang() === 'en' ? f.en : f.zh)).join('; ')
            )
          }
        />
      )}
    </>
  );
}
