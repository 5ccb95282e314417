import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, QRCode } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post, session } from '@/api/http';
import { useMe } from '@/api/me';
import { makePasskey, passkeysKnown } from '@/api/passkeys';
import { isProblem } from '@/api/problem';
import { time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { deviceOf } from './agent';
import './people.css';

interface Factors {
  totp: boolean;
  recovery_codes_left: number;
  overdue: boolean;
  due_at: string | null;
}

const told = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));

// Security is how one proves who one is, and where one is logged in.
export default function Security() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const factors = useQuery({ queryKey: ['second_factor'], queryFn: () => get<Factors>('second_factor') }).data;
  const again = () => void client.invalidateQueries();
  return (
    <Page title={t('people:security')} padded>
      <div className="people">
        {me && !me.verified && (
          <div className="notice tone-amber">
            {t('people:verify.open')} <Link to={'/verify' as '/'}>{t('people:verify.submit')}</Link>
          </div>
        )}
        {factors?.overdue && <div className="notice tone-red">{t('people:totp.overdue')}</div>}
        {factors?.due_at && !factors.overdue && (
          <div className="notice tone-amber">{t('people:totp.due', { date: factors.due_at.slice(0, 10) })}</div>
        )}
        {factors && <Authenticator factors={factors} again={again} />}
        <Passkeys again={again} />
        <Sessions />
      </div>
    </Page>
  );
}

function Authenticator({ factors, again }: { factors: Factors; again: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [setup, setSetup] = useState<{ secret: string; uri: string }>();
  const [codes, setCodes] = useState<string[]>();
  const ask = async (path: string, body: object, then: (out: never) => void) => {
    try {
      const out = await post<{ csrf_token?: string }>(path, body);
      if (out.csrf_token) session.csrf = out.csrf_token;
      setPassword('');
      then(out as never);
      again();
    } catch (e) {
      told(e);
    }
  };
  return (
    <section className="card">
      <header>
        <h2>{t('people:totp.title')}</h2>
        <State tone={factors.totp ? 'green' : 'gray'}>{t(factors.totp ? 'people:totp.on' : 'people:totp.off')}</State>
      </header>
      <div className="stack body">
        {codes && (
          <div className="stack">
            <b>{t('people:totp.codes')}</b>
            <p className="muted">{t('people:totp.codes_hint')}</p>
            <pre className="codes">{codes.join('\n')}</pre>
          </div>
        )}
        {setup && (
          <div className="stack">
            <p className="muted">{t('people:totp.scan')}</p>
            <QRCode aria-label={t('people:totp.scan')} value={setup.uri} bgColor="#fff" color="#000" />
            <code className="secret">{setup.secret}</code>
            <label className="labelled">
              <span>{t('people:verify.code')}</span>
              <input
                className="input"
                inputMode="numeric"
                autoComplete="one-time-code"
                value={code}
                onChange={(e) => setCode(e.target.value)}
              />
            </label>
            <Button
              type="primary"
              disabled={code.trim().length !== 6}
              onClick={() =>
                void ask('second_factor/totp/confirm', { code: code.trim() }, (out: { recovery_codes: string[] }) => {
                  setSetup(undefined);
                  setCode('');
                  setCodes(out.recovery_codes);
                })
              }
            >
              {t('people:totp.confirm')}
            </Button>
          </div>
        )}
        {!setup && (
          <label className="labelled">
            <span>{t('people:totp.password')}</span>
            <input
              className="input"
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
          </label>
        )}
        {!setup && !factors.totp && (
          <Button type="primary" onClick={() => void ask('second_factor/totp', { current_password: password }, setSetup)}>
            {t('people:totp.start')}
          </Button>
        )}
        {!setup && factors.totp && (
          <>
            <span className="muted">{t('people:totp.left', { n: factors.recovery_codes_left })}</span>
            <div className="buttons">
              <Button
                onClick={() =>
                  void ask('second_factor/recovery_codes', { current_password: password }, (out: { recovery_codes: string[] }) =>
                    setCodes(out.recovery_codes),
                  )
                }
              >
                {t('people:totp.new_codes')}
              </Button>
              <Button
                danger
                onClick={() => void ask('second_factor/totp/remove', { current_password: password }, () => setCodes(undefined))}
              >
                {t('people:totp.remove')}
              </Button>
            </div>
          </>
        )}
      </div>
    </section>
  );
}

interface Key {
  id: string;
  name: string;
  created_at: string;
}

function Passkeys({ again }: { again: () => void }) {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ['passkeys'], queryFn: () => get<{ data: Key[] }>('passkeys') }).data?.data ?? [];
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const add = async () => {
    try {
      const out = await makePasskey(name.trim(), password);
      if (out?.csrf_token) session.csrf = out.csrf_token;
      setName('');
      setPassword('');
      again();
    } catch (e) {
      told(e);
    }
  };
  return (
    <section className="card">
      <header>
        <h2>{t('people:passkey.title')}</h2>
      </header>
      <div className="stack body">
        {list.length === 0 && <span className="muted">{t('people:passkey.none')}</span>}
        {list.map((k) => (
          <div key={k.id} className="row">
            <b className="grow clip">{k.name}</b>
            <span className="muted">{time(k.created_at)}</span>
            <Button size="small" danger onClick={() => void call('DELETE', `passkeys/${k.id}`).then(again, told)}>
              {t('people:passkey.remove')}
            </Button>
          </div>
        ))}
        {passkeysKnown() ? (
          <>
            <label className="labelled">
              <span>{t('people:passkey.name')}</span>
              <input className="input" value={name} onChange={(e) => setName(e.target.value)} />
            </label>
            <label className="labelled">
              <span>{t('people:totp.password')}</span>
              <input
                className="input"
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(e) => setPassword(e.target.value)}
              />
            </label>
            <Button disabled={!name.trim()} onClick={() => void add()}>
              {t('people:passkey.add')}
            </Button>
          </>
        ) : (
          <span className="muted">{t('people:passkey.off')}</span>
        )}
      </div>
    </section>
  );
}

interface Open {
  id: string;
  current: boolean;
  workspace: string;
  agent: string;
  network: string;
  seen_at: string;
}

function Sessions() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ['sessions'], queryFn: () => get<{ data: Open[] }>('sessions') }).data?.data ?? [];
  const again = () => void client.invalidateQueries({ queryKey: ['sessions'] });
  return (
    <section className="card">
      <header>
        <h2>{t('people:session.title')}</h2>
        <Button size="small" onClick={() => void call('DELETE', 'sessions').then(again, told)}>
          {t('people:session.end_others')}
        </Button>
      </header>
      <div className="stack body">
        {list.map((s) => (
          <div key={s.id} className="row">
            <div className="grow clip">
              <b>{s.workspace}</b> {s.current && <State tone="green">{t('people:session.this')}</State>}
              <div className="muted clip">
                {s.network} · {t('people:session.seen', { time: time(s.seen_at) })} ·{' '}
                <span title={s.agent}>{deviceOf(s.agent)}</span>
              </div>
            </div>
            {!s.current && (
              <Button size="small" danger onClick={() => void call('DELETE', `sessions/${s.id}`).then(again, told)}>
                {t('people:session.end')}
              </Button>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}
