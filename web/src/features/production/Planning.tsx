import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { CalendarClock, FlaskConical, Play } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, settled, type Tree, useList, useRecord } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Preview } from '@/data/Outcome';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { say } from '@/ui/talk';
import { Proposals } from './Proposals';
import './production.css';

// Planning goes over all products: first what it would do, then doing it, then what only a person may decide.
export default function Planning() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const entity = useMeta().named('production.planning_run');
  const { run } = useSearch({ strict: false }) as { run?: string };
  const runs = useList('production/planning_runs', { sort: '-no', limit: 50 }, !!entity);
  const id = run ?? runs.data?.data[0]?.id;
  const show = (to: string) => void navigate({ to: '.', search: { run: to }, replace: true } as never);
  if (!entity) return <Page title={t('production:planning')}>{null}</Page>;
  return (
    <Page title={t('production:planning')} padded>
      <div className="planning">
        {entity.create && <Start entity={entity} onRun={show} />}
        {runs.isPending ? (
          <Skeleton rows={5} />
        ) : !id ? (
          <Empty icon={CalendarClock} title={t('production:never')}>
            {t('production:never_hint')}
          </Empty>
        ) : (
          <>
            <label className="planning-which" htmlFor="run">
              {t('production:result')}
              <Select
                id="run"
                value={id}
                onChange={show}
                options={(runs.data?.data ?? []).map((r) => ({ value: r.id, label: `${r.no} · ${r.date}` }))}
              />
            </label>
            <Result entity={entity} id={id} />
          </>
        )}
      </div>
    </Page>
  );
}

function Start({ entity, onRun }: { entity: Entity; onRun: (id: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [days, setDays] = useState({ horizon_days: '90', tolerance_days: '3' });
  const [tree, setTree] = useState<Tree>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState('');
  const key = useRef(newKey());
  const values = Object.fromEntries(Object.entries(days).map(([k, v]) => [k, /^\d+$/.test(v) ? Number(v) : v]));
  const ask = async (what: 'try' | 'run') => {
    setBusy(what);
    setProblem(undefined);
    try {
      if (what === 'try') setTree((await call<Tree>('POST', entity.path, { body: values, query: { dry_run: true } })).data);
      else {
        const made = await post<Row>(entity.path, values, { key: key.current });
        setTree(undefined);
        void settled(client, entity.path);
        say.success(t('production:ran', { no: String(made.no) }));
        onRun(made.id);
      }
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    } finally {
      key.current = newKey();
      setBusy('');
    }
  };
  return (
    <section className="card">
      <header>
        <h2>{t('production:new_run')}</h2>
      </header>
      <div className="planning-start">
        {(['horizon_days', 'tolerance_days'] as const).map((name) => (
          <label key={name} className="labelled">
            {fieldOf(entity, name)?.label}
            <input
              className="input num"
              inputMode="numeric"
              value={days[name]}
              onChange={(e) => {
                setDays({ ...days, [name]: e.target.value.normalize('NFKC').trim() });
                setTree(undefined);
              }}
            />
          </label>
        ))}
        <Button icon={<FlaskConical size={15} />} loading={busy === 'try'} onClick={() => void ask('try')}>
          {t('production:try')}
        </Button>
        <Button type="primary" icon={<Play size={15} />} loading={busy === 'run'} onClick={() => void ask('run')}>
          {t('production:run')}
        </Button>
        <p className="muted">{t('production:run_hint')}</p>
      </div>
      {problem && (
        <div className="planning-more">
          <Mistakes problem={problem} labels={Object.fromEntries(entity.fields.map((f) => [f.name, f.label]))} />
        </div>
      )}
      {tree && (
        <div className="planning-more">
          <h3>{t('production:would')}</h3>
          <Preview tree={tree} />
        </div>
      )}
    </section>
  );
}

function Result({ entity, id }: { entity: Entity; id: string }) {
  const { t } = useTranslation();
  const { data: row, error } = useRecord(entity.path, id);
  if (error) return <Empty title={error.message} />;
  if (!row) return <Skeleton rows={6} />;
  const counts = ['product_count', 'made_count', 'requested_count', 'withdrawn_count', 'proposed_count'];
  return (
    <section className="card" aria-label={t('production:result')}>
      <dl className="planning-counts">
        {counts.map((name) => (
          <div key={name}>
            <dt className="muted">{fieldOf(entity, name)?.label}</dt>
            <dd>{String(row[name] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      <Proposals key={id} entity={entity} row={row} />
    </section>
  );
}
