import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { broken, type Job } from '@/api/jobs';
import { isProblem, Problem } from '@/api/problem';
import { newKey } from '@/api/records';
import { Progress } from '@/data/ImportProgress';
import { Uploader } from '@/data/ImportUpload';
import { Mistakes } from '@/data/Mistakes';
import { headOf } from '@/data/sheetfile';
import { useMeta } from '@/meta/meta';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty } from '@/ui/parts';
import { Parts } from './TakeoverParts';
import { Result } from './TakeoverResult';
import { fits, formOf, importable, ordered, type Part, type Taken, titlesOf } from './takeover';
import '@/data/import.css';
import './admin.css';

type Phase = 'files' | 'checking' | 'checked' | 'running' | 'done';

// Takeover brings the data of a former system in: all files are tried as one, and saved as one, as a task whose progress is shown.
export default function Takeover() {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const client = useQueryClient();
  const list = importable(meta);
  const [phase, setPhase] = useState<Phase>('files');
  const [parts, setParts] = useState<Part[]>([]);
  const [job, setJob] = useState<number>();
  const [taken, setTaken] = useState<Taken>();
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const change = (next: Part[]) => {
    setParts(next);
    setTaken(undefined);
    setPhase('files');
  };
  const add = async (file: File) => {
    setProblem(undefined);
    const head = await headOf(file).catch(() => undefined);
    const titles = head ? titlesOf(head) : [];
    if (!head || titles.length === 0) return setProblem(new Problem(422, { detail: t('import.unreadable') }));
    const part = { key: newKey(), file, head, mapping: {}, path: fits(list, file.name, titles), after: '' };
    setParts((before) => ordered([...before.filter((p) => p.path !== part.path || p.path === ''), part], list));
    setTaken(undefined);
    setPhase('files');
  };
  const send = async (dry: boolean) => {
    setProblem(undefined);
    setTaken(undefined);
    setPhase(dry ? 'checking' : 'running');
    try {
      const reports = meta.named('finance.account') ? ['finance/trial_balance'] : [];
      const query = { async: true, dry_run: dry || undefined };
      const body = formOf(parts, list, reports);
      setJob((await call<{ job: number }>('POST', 'takeover', { body, query, key: key.current })).data.job);
      key.current = newKey();
    } catch (e) {
      if (!isProblem(e)) throw e;
      if (e.status !== 0) key.current = newKey(); // after a broken line the same is asked again
      setProblem(e);
      setPhase('files');
    }
  };
  const ran = (j: Job) => {
    const dry = phase === 'checking';
    const result = (j.result ?? {}) as Taken;
    setJob(undefined);
    setPhase(j.state === 'cancelled' ? 'files' : dry || broken(j) ? 'checked' : 'done');
    if (j.state === 'cancelled') return;
    setTaken(result);
    if (broken(j) && !result.parts) setProblem(new Problem(422, { detail: result.detail ?? j.error ?? t('import.failed') }));
    if (!dry) void client.invalidateQueries();
  };
  const wrong = taken?.mistakes ?? 0;
  const rows = taken?.parts?.reduce((n, p) => n + p.rows, 0) ?? 0;
  const whole = parts.length > 0 && parts.every((p) => p.path) && new Set(parts.map((p) => p.path)).size === parts.length;
  const waits = phase === 'checking' || phase === 'running';
  return (
    <Page title={t('admin:takeover.title')} back={() => go('/admin/settings')} padded>
      <div className="import">
        <p className="muted">{t('admin:takeover.about')}</p>
        {problem && <Mistakes problem={problem} />}
        {phase !== 'done' && !waits && <Uploader onFile={(f) => void add(f)} />}
        {parts.length > 0 && phase !== 'done' && <Parts parts={parts} list={list} still={waits} onChange={change} />}
        {waits && <Progress job={job} what={t(`admin:takeover.${phase}`)} onEnd={ran} />}
        {phase === 'checked' && taken?.parts && (
          <div className={`notice tone-${wrong ? 'red' : 'green'}`} role="status">
            {wrong ? <CircleAlert size={16} aria-hidden="true" /> : <CircleCheck size={16} aria-hidden="true" />}
            {wrong ? t('admin:takeover.wrong', { n: wrong }) : t('admin:takeover.clean', { rows })}
          </div>
        )}
        {phase === 'done' && (
          <div className="card">
            <Empty
              icon={CircleCheck}
              title={t('admin:takeover.done')}
              action={
                <Button type="primary" onClick={() => go('/admin/settings')}>
                  {t('admin:takeover.settings')}
                </Button>
              }
            />
          </div>
        )}
        {taken && <Result taken={taken} list={list} />}
        {parts.length > 0 && phase !== 'done' && !waits && (
          <div className="import-foot">
            <Button type={phase === 'files' ? 'primary' : undefined} disabled={!whole} onClick={() => void send(true)}>
              {t('admin:takeover.check')}
            </Button>
            <Button
              type={phase === 'checked' ? 'primary' : undefined}
              disabled={phase !== 'checked' || wrong > 0 || !taken?.parts}
              onClick={() => void send(false)}
            >
              {t('admin:takeover.run')}
            </Button>
          </div>
        )}
      </div>
    </Page>
  );
}
