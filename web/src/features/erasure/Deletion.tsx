import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { Undo2, UserX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { forgetAll, useTitle } from '@/api/titles';
import { Ref } from '@/data/Ref';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import { time } from '@/ui/format';
import { useGo } from '@/ui/go';
import { useOnce } from '@/ui/once';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { type Traces, told, tones } from './types';
import '@/data/record.css';
import './erasure.css';

// Deletion is one request: who it is about, what becomes unreadable, and the second look before it is carried out.
export default function Deletion() {
  const { t } = useTranslation();
  const go = useGo();
  const { id } = useParams({ strict: false }) as { id?: string };
  const one = useQuery({
    queryKey: ['keys', 'deletions', id, lang()],
    queryFn: () => get<Traces>(`keys/deletions/${id}`),
  });
  const d = one.data;
  return (
    <Page
      title={t('erasure:deletion')}
      back={() => go('/admin/deletions')}
      beside={d && <State tone={tones[d.state]}>{t(`erasure:state.${d.state}`)}</State>}
      padded
    >
      {one.isError ? (
        <Empty icon={UserX} title={one.error.message} />
      ) : !d ? (
        <Skeleton rows={6} />
      ) : (
        <div className="erasure-page">
          <About of={d} />
          <What of={d} />
          {d.state === 'requested' && <Decide of={d} />}
        </div>
      )}
    </Page>
  );
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

function About({ of: d }: { of: Traces }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:request')}</h2>
      </header>
      <dl className="facts">
        <Fact label={d.label ?? d.entity}>
          <Ref to={d.entity} id={d.record_id} />
        </Fact>
        <Fact label={t('erasure:column.reason')}>{d.reason}</Fact>
        <Fact label={t('erasure:asked_by')}>
          <Ref to="user" id={d.asked_by} /> <span className="muted">{time(d.asked_at)}</span>
        </Fact>
        {d.ended_at && (
          <Fact label={t(d.state === 'done' ? 'erasure:done_by' : 'erasure:withdrawn_by')}>
            {d.ended_by && <Ref to="user" id={d.ended_by} />} <span className="muted">{time(d.ended_at)}</span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

// What lists what becomes unreadable, or has become so.
function What({ of: d }: { of: Traces }) {
  const { t } = useTranslation();
  if (d.state === 'done')
    return (
      <section className="card" role="status">
        <header>
          <h2>{t('erasure:result')}</h2>
        </header>
        <div className="stack body">
          <p>{t('erasure:result_text')}</p>
          <p className="muted">{t('erasure:backups')}</p>
        </div>
      </section>
    );
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:unreadable')}</h2>
      </header>
      <div className="stack body">
        {d.fields.length === 0 && d.audit_entries === 0 ? (
          <p className="muted">{t('erasure:nothing')}</p>
        ) : (
          <ul className="erasure-what">
            {d.fields.length > 0 && (
              <li>
                {t('erasure:fields')}
                <span className="erasure-fields">
                  {d.fields.map((f) => (
                    <span key={f.field} className="erasure-field">
                      {f.label}
                    </span>
                  ))}
                </span>
              </li>
            )}
            <li>{t('erasure:entries', { n: d.audit_entries })}</li>
            {d.key && <li>{t('erasure:key')}</li>}
            {d.entity === 'user' && <li>{t('erasure:login')}</li>}
          </ul>
        )}
        {d.audit_plain > 0 && <p className="wrong">{t('erasure:plain', { n: d.audit_plain })}</p>}
        <p className="muted">{t('erasure:stays')}</p>
        <p className="muted">{t('erasure:backups')}</p>
      </div>
    </section>
  );
}

// Decide is the second look: the name is typed before there is no way back.
function Decide({ of: d }: { of: Traces }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const title = useTitle(useMeta().named(d.entity), 'id', d.record_id);
  const name = title === undefined ? '' : title || d.record_id.slice(0, 8); // not read yet, or nothing to call it by
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const end = useOnce(async (how: 'carry_out' | 'withdraw') => {
    setBusy(true);
    try {
      await post(`keys/deletions/${d.id}/${how}`);
      say.success(t(how === 'carry_out' ? 'erasure:carried_out' : 'erasure:taken_back'));
      forgetAll();
      await client.invalidateQueries();
    } catch (e) {
      told(e);
    } finally {
      setBusy(false);
    }
  });
  return (
    <section className="card erasure-decide">
      <header>
        <h2>{t('erasure:decide')}</h2>
      </header>
      <div className="stack body">
        <p className="wrong">{t('erasure:no_way_back')}</p>
        <label className="labelled">
          <span>{t('erasure:type_name', { name })}</span>
          <input className="input" autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />
        </label>
        <div className="erasure-acts">
          <Button
            danger
            type="primary"
            icon={<UserX size={14} />}
            loading={busy}
            disabled={!name || typed.trim() !== name.trim()}
            onClick={() => void end('carry_out')}
          >
            {t('erasure:carry_out')}
          </Button>
          <Button icon={<Undo2 size={14} />} disabled={busy} onClick={() => void end('withdraw')}>
            {t('erasure:withdraw')}
          </Button>
        </div>
      </div>
    </section>
  );
}
