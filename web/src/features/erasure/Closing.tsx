import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Check, Circle, Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post, url } from '@/api/http';
import { useMe } from '@/api/me';
import { useMeta } from '@/meta/meta';
import { time } from '@/ui/format';
import { useOnce } from '@/ui/once';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { type End, told } from './types';
import './erasure.css';

// Closing is the end of the company: asked for, waited for, agreed to by two people, and taken back until then.
export default function Closing() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const owner = useMe()?.roles.includes('owner') ?? false;
  const end = useQuery({ queryKey: ['keys', 'closing'], queryFn: () => get<End>('keys/closing') });
  const again = () => void client.invalidateQueries();
  const act = useOnce(async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      say.success(t(done));
      again();
    } catch (e) {
      told(e);
    }
  });
  const e = end.data;
  return (
    <Page
      title={t('erasure:closing')}
      beside={e && <State tone={e.closing ? 'red' : 'green'}>{t(e.closing ? 'erasure:end.running' : 'erasure:end.not')}</State>}
      padded
    >
      {end.isError ? (
        <Empty title={end.error.message} />
      ) : !e ? (
        <Skeleton rows={8} />
      ) : (
        <div className="erasure-page">
          <Steps of={e} />
          {e.closing ? (
            <>
              <Agree of={e} act={act} />
              {owner && (
                <section className="card">
                  <header>
                    <h2>{t('erasure:end.cancel')}</h2>
                  </header>
                  <div className="stack body">
                    <p className="muted">{t('erasure:end.cancel_hint')}</p>
                    <div>
                      <Button onClick={() => void act(() => post('billing/reopen'), 'erasure:end.cancelled')}>
                        {t('erasure:end.cancel_do')}
                      </Button>
                    </div>
                  </div>
                </section>
              )}
            </>
          ) : owner ? (
            <Begin act={act} />
          ) : (
            <p className="muted">{t('erasure:end.owners')}</p>
          )}
          <Take />
          <section className="card">
            <header>
              <h2>{t('erasure:end.certificate')}</h2>
            </header>
            <div className="stack body">
              <p className="muted">{t('erasure:end.certificate_hint')}</p>
              {e.certificate_key ? <code className="secret">{e.certificate_key}</code> : <p>{t('erasure:end.no_key')}</p>}
            </div>
          </section>
        </div>
      )}
    </Page>
  );
}

type Act = (work: () => Promise<unknown>, done: string) => Promise<void>;

// Steps says what happens in which order, and how far it is.
function Steps({ of: e }: { of: End }) {
  const { t } = useTranslation();
  const due = e.due_at ? new Date(e.due_at).getTime() <= Date.now() : false;
  const steps: [string, boolean, string?][] = [
    ['asked', e.closing, e.asked_at ? time(e.asked_at) : undefined],
    ['waited', due, e.due_at ? t('erasure:end.until', { at: time(e.due_at) }) : undefined],
    ['agreed', e.consents.length >= e.needed, e.closing ? `${e.consents.length} / ${e.needed}` : undefined],
    ['destroyed', false],
  ];
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:end.steps')}</h2>
      </header>
      <ol className="erasure-steps body">
        {steps.map(([key, done, more]) => (
          <li key={key} className={done ? 'done' : undefined}>
            {done ? <Check size={16} aria-hidden="true" /> : <Circle size={16} aria-hidden="true" />}
            <span>
              {t(`erasure:end.step_${key}`)}
              <span className="sr">{t(done ? 'erasure:end.is_done' : 'erasure:end.is_open')}</span>
              {more && <b> {more}</b>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

// Named asks for the company's name before something that can't be done by mistake.
function Named({ button, onDo }: { button: string; onDo: (name: string) => void }) {
  const { t } = useTranslation();
  const name = useMe()?.tenant.name ?? '';
  const [typed, setTyped] = useState('');
  return (
    <>
      <label className="labelled">
        <span>{t('erasure:end.type_name', { name })}</span>
        <input className="input" autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />
      </label>
      <div>
        <Button danger disabled={!name || typed.trim() !== name} onClick={() => onDo(name)}>
          {button}
        </Button>
      </div>
    </>
  );
}

function Begin({ act }: { act: Act }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:end.begin')}</h2>
      </header>
      <div className="stack body erasure-narrow">
        <p className="muted">{t('erasure:end.begin_hint')}</p>
        <Named
          button={t('erasure:end.begin_do')}
          onDo={(confirm) =>
            ask({
              title: t('erasure:end.begin_ask'),
              okText: t('erasure:end.begin_do'),
              okButtonProps: { danger: true },
              onOk: () => act(() => post('billing/close', { confirm }), 'erasure:end.begun'),
            })
          }
        />
      </div>
    </section>
  );
}

function Agree({ of: e, act }: { of: End; act: Act }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:end.consents', { n: e.consents.length, needed: e.needed })}</h2>
      </header>
      <div className="stack body erasure-narrow">
        <p className="muted">{t('erasure:end.consents_hint', { needed: e.needed })}</p>
        {e.consents.map((c) => (
          <div key={c.at} className="erasure-line">
            <Check size={16} aria-hidden="true" />
            <b className="grow">{c.name}</b>
            <span className="muted">{time(c.at)}</span>
          </div>
        ))}
        {e.agreed ? (
          <div>
            <Button onClick={() => void act(() => call('DELETE', 'keys/closing/consent'), 'erasure:end.disagreed')}>
              {t('erasure:end.disagree')}
            </Button>
          </div>
        ) : (
          <Named
            button={t('erasure:end.agree')}
            onDo={(confirm) => void act(() => post('keys/closing/consent', { confirm }), 'erasure:end.agreed')}
          />
        )}
      </div>
    </section>
  );
}

// Take offers the company's data, a table each, while it can still be read.
function Take() {
  const { t } = useTranslation();
  const list = useMeta().entities.filter((e) => e.export);
  return (
    <section className="card">
      <header>
        <h2>{t('erasure:end.take')}</h2>
      </header>
      <div className="stack body">
        <p className="muted">{t('erasure:end.take_hint')}</p>
        <div className="erasure-take">
          {list.map((e) => (
            <a key={e.name} className="item" href={url(`${e.path}/export`, { format: 'xlsx' })} download>
              <Download size={14} aria-hidden="true" />
              {e.plural ?? e.label}
            </a>
          ))}
        </div>
      </div>
    </section>
  );
}
