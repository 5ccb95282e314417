import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { CircleCheck, FileSpreadsheet } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { broken, type Job, type RowMistake } from '@/api/jobs';
import { isProblem, Problem } from '@/api/problem';
import { newKey, settled } from '@/api/records';
import type { Entity } from '@/meta/types';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty } from '@/ui/parts';
import { BatchesChoice, batchRows } from './ImportBatches';
import { Mapping } from './ImportMapping';
import { RowMistakes } from './ImportMistakes';
import { Progress } from './ImportProgress';
import { Templates, Uploader } from './ImportUpload';
import { Mistakes } from './Mistakes';
import { guessed, targetsOf } from './mapping';
import { type Head, headOf } from './sheetfile';
import './import.css';

interface Answer {
  job?: number;
  rows?: number;
  created?: number;
  errors?: RowMistake[];
  next_row?: number; // where to go on, after a batch was refused
}

type Phase = 'file' | 'mapping' | 'checking' | 'checked' | 'importing' | 'done';

const steps = ['file', 'mapping', 'checked', 'done'] as const;
const stepOf: Record<Phase, number> = { file: 0, mapping: 1, checking: 2, checked: 2, importing: 3, done: 3 };
const slowly = 400_000; // bytes: more is a task, whose progress is shown

// ImportPage takes a table in: its columns are matched, it is tried, mistakes are told by row, and only a table without any is saved, all of it.
export default function ImportPage({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>('file');
  const [file, setFile] = useState<File>();
  const [head, setHead] = useState<Head>();
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<Problem>();
  const [job, setJob] = useState<number>();
  const [batches, setBatches] = useState(false);
  const key = useRef(newKey());
  const targets = targetsOf(entity);
  const toList = () => go(`/${entity.path}`);
  const large = (answer?.rows ?? 0) > batchRows;

  const take = async (f: File) => {
    setProblem(undefined);
    setAnswer(undefined);
    const h = await headOf(f).catch(() => undefined);
    if (!h?.titles.some(Boolean)) {
      setProblem(new Problem(422, { detail: t('import.unreadable') }));
      return;
    }
    const guess = guessed(h.titles, targets);
    const kept = Object.fromEntries(Object.entries(mapping).filter(([title]) => title in guess)); // a corrected file keeps what was chosen
    setFile(f);
    setHead(h);
    setMapping({ ...guess, ...kept });
    setPhase('mapping');
  };

  const send = async (dry: boolean) => {
    if (!file) return;
    setProblem(undefined);
    setPhase(dry ? 'checking' : 'importing');
    const form = new FormData();
    form.append('file', file);
    form.append('mapping', JSON.stringify(mapping));
    try {
      const piecewise = !dry && batches && large;
      const query = { dry_run: dry || undefined, async: file.size > slowly || undefined, batches: piecewise || undefined };
      const { data } = await call<Answer>('POST', `${entity.path}/import`, {
        body: form,
        query,
        key: dry ? undefined : key.current,
      });
      if (data.job !== undefined) setJob(data.job);
      else finish(dry, data);
    } catch (e) {
      if (!isProblem(e)) throw e;
      refused(dry, e);
    }
  };

  const refused = (dry: boolean, e: Problem) => {
    key.current = newKey();
    const rows = e.fields.some((f) => f.row);
    if (rows) setAnswer({ errors: e.fields });
    else setProblem(e);
    setPhase(rows ? 'checked' : dry ? 'mapping' : 'checked');
  };

  // stopped tells that batches are saved and the next was refused, since something changed after the trial.
  const stopped = (a: Answer & { detail?: string }) => {
    key.current = newKey();
    const rest = t('import.part', { n: a.created, row: a.next_row });
    setProblem(new Problem(422, { detail: a.errors?.length ? rest : `${a.detail ?? t('import.failed')} ${rest}` }));
    setAnswer(a.errors?.length ? a : undefined);
    setPhase('checked');
    void settled(client, entity.path);
  };

  const finish = (dry: boolean, data: Answer) => {
    setJob(undefined);
    setAnswer(data);
    setPhase(dry || data.errors?.length ? 'checked' : 'done');
    if (!dry) void settled(client, entity.path);
  };

  const ran = (j: Job) => {
    const dry = phase === 'checking';
    if (j.state === 'cancelled') {
      setJob(undefined);
      key.current = newKey();
      return setPhase(dry ? 'mapping' : 'checked');
    }
    const wrong = j.result?.errors ?? j.result?.fields;
    if (!broken(j)) return finish(dry, { ...j.result });
    setJob(undefined);
    if (j.result?.next_row !== undefined) return stopped({ ...j.result, created: j.result.created ?? 0, errors: wrong });
    refused(dry, new Problem(422, { detail: j.result?.detail ?? j.error ?? t('import.failed'), fields: wrong }));
  };

  const wrong = answer?.errors ?? [];
  return (
    <Page title={t('import.title', { what: entity.label })} back={toList} padded>
      <div className="import">
        <ol className="import-steps">
          {steps.map((s, i) => (
            <li
              key={s}
              aria-current={stepOf[phase] === i ? 'step' : undefined}
              className={stepOf[phase] > i ? 'past' : undefined}
            >
              <span className="num">{i + 1}</span>
              {t(`import.step_${s}`)}
            </li>
          ))}
        </ol>
        {problem && <Mistakes problem={problem} />}
        {phase === 'file' && (
          <>
            <Uploader onFile={(f) => void take(f)} />
            <Templates entity={entity} />
          </>
        )}
        {phase !== 'file' && phase !== 'done' && file && (
          <div className="card import-file">
            <FileSpreadsheet size={18} aria-hidden="true" />
            <span className="grow clip">{file.name}</span>
            <Uploader small onFile={(f) => void take(f)} />
          </div>
        )}
        {phase === 'mapping' && head && (
          <>
            <Mapping head={head} targets={targets} value={mapping} onChange={setMapping} />
            <div className="import-foot">
              <Button onClick={toList}>{t('cancel')}</Button>
              <Button type="primary" disabled={!Object.values(mapping).some(Boolean)} onClick={() => void send(true)}>
                {t('import.check')}
              </Button>
            </div>
          </>
        )}
        {(phase === 'checking' || phase === 'importing') && <Progress job={job} what={t(`import.${phase}`)} onEnd={ran} />}
        {phase === 'checked' && (
          <>
            {wrong.length > 0 ? (
              <RowMistakes entity={entity} list={wrong} name={file?.name ?? ''} kept={answer?.next_row !== undefined} />
            ) : (
              answer && (
                <div className="notice tone-green" role="status">
                  <CircleCheck size={16} aria-hidden="true" />
                  {t('import.clean', { rows: answer.rows, n: answer.created })}
                </div>
              )
            )}
            {large && wrong.length === 0 && <BatchesChoice on={batches} onChange={setBatches} />}
            <div className="import-foot">
              <Button onClick={() => setPhase('mapping')}>{t('import.step_mapping')}</Button>
              <Button type="primary" disabled={wrong.length > 0 || !answer} onClick={() => void send(false)}>
                {t('import.run', { n: answer?.created ?? 0 })}
              </Button>
            </div>
          </>
        )}
        {phase === 'done' && (
          <div className="card">
            <Empty
              icon={CircleCheck}
              title={t('import.done', { n: answer?.created ?? 0, what: entity.label })}
              action={
                <Button type="primary" onClick={toList}>
                  {t('record.to_list')}
                </Button>
              }
            />
          </div>
        )}
      </div>
    </Page>
  );
}
