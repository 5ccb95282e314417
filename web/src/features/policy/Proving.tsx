import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ended, useJob } from '@/api/jobs';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { time } from '@/ui/format';
import { Bar, Empty, Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { act, type Proof, useAgain, useBusy, useProofs, type Version } from './versions';

type Kind = 'impact' | 'replay' | 'prover';

interface Leaks {
  paths: number;
  answered: number;
  canaries: number;
  roles: string[];
  leaks: { role: string; path: string; kind: string; entity?: string; field?: string; detail: string }[];
  unproven: { entity: string; field: string; why: string }[];
}

interface Impact {
  people: number;
  touched: number;
  effects: {
    entity: string;
    what: string;
    gained: boolean;
    people: number;
    records: number;
    text: string;
    sample_people: { name: string }[];
  }[];
}

interface Replay {
  days: number;
  decisions: number;
  otherwise: number;
  flips: {
    roles: string[];
    entity: string;
    what: string;
    was: boolean;
    would: boolean;
    times: number;
    rule: string;
    would_rule: string;
  }[];
}

// Proving starts a look at a version that takes a while, tells how far it is, and shows what came of it.
export function Proving({ version, kind, dirty }: { version: Version; kind: Kind; dirty: boolean }) {
  const { t } = useTranslation();
  const again = useAgain();
  const { data } = useProofs(version.id);
  const [job, setJob] = useState<number>();
  const { data: going } = useJob(job);
  const over = ended(going);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the job has ended
  useEffect(() => {
    if (!over) return;
    if (going?.state !== 'completed') say.error(going?.result?.detail ?? t('policy:prove.failed'));
    setJob(undefined);
    void again();
  }, [over]);
  const [start, starting] = useBusy(async () => {
    try {
      setJob((await act<{ job: number }>(version.id, kind === 'prover' ? 'prove' : kind)).job);
    } catch (e) {
      if (!isProblem(e)) throw e;
      say.error(e.message);
    }
  });
  const last = data?.data.find((p) => p.kind === kind);
  return (
    <section className="card">
      <p className="rights-note muted">{t(`policy:prove.${kind}`)}</p>
      <div className="studio-line">
        <Button type="primary" ghost loading={starting || job !== undefined} onClick={() => void start()}>
          {t('policy:prove.start')}
        </Button>
        {job !== undefined && (
          <>
            <span style={{ width: 160 }}>
              <Bar percent={going?.percent ?? 0} />
            </span>
            <span role="status">{going?.percent ?? 0} %</span>
          </>
        )}
        {dirty && <span className="muted">{t('policy:unsaved')}</span>}
      </div>
      {!data ? <Skeleton rows={3} /> : !last ? <Empty title={t('policy:prove.never')} /> : <Outcome kind={kind} proof={last} />}
    </section>
  );
}

function Outcome({ kind, proof }: { kind: Kind; proof: Proof<unknown> }) {
  const { t } = useTranslation();
  const made = <span className="muted">{time(proof.made_at)}</span>;
  if (kind === 'prover') {
    const x = proof.outcome as Leaks;
    return (
      <>
        <div className="studio-line">
          <State tone={proof.passed ? 'green' : 'red'}>
            {t(proof.passed ? 'policy:prove.passed' : 'policy:prove.leaks', { n: x.leaks.length })}
          </State>
          <span>{t('policy:prove.walked', { roles: x.roles.length, paths: x.paths, canaries: x.canaries })}</span>
          {made}
        </div>
        {x.leaks.length > 0 && (
          <Sheet
            label={t('policy:tab.prover')}
            columns={['role', 'path', 'field', 'detail'].map((key) => ({ key, label: t(`policy:leak.${key}`) }))}
            rows={x.leaks.map((l, i) => ({ ...l, id: String(i) }))}
            cell={(key, l) => (key === 'field' ? `${l.entity ?? ''} ${l.field ?? ''}` : l[key as 'role' | 'path' | 'detail'])}
          />
        )}
        {x.unproven.length > 0 && (
          <p className="rights-note muted">
            {t('policy:prove.unproven', {
              n: x.unproven.length,
              list: x.unproven
                .slice(0, 8)
                .map((g) => `${g.entity}.${g.field}`)
                .join(', '),
            })}
          </p>
        )}
      </>
    );
  }
  if (kind === 'impact') {
    const x = proof.outcome as Impact;
    return (
      <>
        <div className="studio-line">
          <b>{t('policy:impact.touched', { touched: x.touched, people: x.people })}</b>
          {made}
        </div>
        {x.effects.length === 0 ? (
          <Empty title={t('policy:impact.none')} />
        ) : (
          <Sheet
            label={t('policy:tab.impact')}
            columns={['text', 'people', 'records'].map((key) => ({
              key,
              label: t(`policy:impact.${key}`),
              end: key === 'records',
            }))}
            rows={x.effects.map((e) => ({ ...e, id: `${e.entity} ${e.what} ${e.gained}` }))}
            cell={(key, e) =>
              key === 'text' ? (
                <State tone={e.gained ? 'green' : 'amber'}>{e.text}</State>
              ) : key === 'people' ? (
                e.sample_people.map((p) => p.name).join(', ')
              ) : (
                e.records
              )
            }
          />
        )}
      </>
    );
  }
  const x = proof.outcome as Replay;
  return (
    <>
      <div className="studio-line">
        <b>{t('policy:replay.otherwise', { n: x.otherwise, all: x.decisions, days: x.days })}</b>
        {made}
      </div>
      {x.flips.length > 0 && (
        <Sheet
          label={t('policy:tab.replay')}
          columns={['roles', 'what', 'was', 'would', 'times'].map((key) => ({
            key,
            label: t(`policy:replay.${key}`),
            end: key === 'times',
          }))}
          rows={x.flips.map((f, i) => ({ ...f, id: String(i) }))}
          cell={(key, f) =>
            key === 'roles'
              ? f.roles.join(', ')
              : key === 'what'
                ? `${f.entity} · ${f.what}`
                : key === 'times'
                  ? f.times
                  : t((key === 'was' ? f.was : f.would) ? 'admin:right.allowed' : 'admin:right.refused')
          }
        />
      )}
    </>
  );
}
