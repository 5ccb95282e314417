import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, session } from '@/api/http';
import { logIn } from '@/api/me';
import { logInByPasskey, passkeysKnown } from '@/api/passkeys';
import { isProblem } from '@/api/problem';
import { lang } from '@/i18n';
import { useGo } from '@/ui/go';
import { say } from '@/ui/talk';
import { Ask } from './Ask';
import { Credentials } from './Credentials';
import { Outside } from './Outside';

// inside keeps a page of another site from being where one lands after the login.
export const inside = (next: unknown) => (typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/');

interface Ways {
  passkey: boolean;
  providers: { name: string; label: string; url: string }[];
}

export default function Login() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const {
    next,
    workspace: asked,
    detail,
  } = useSearch({ strict: false }) as { next?: string; workspace?: string; detail?: string };
  const [workspace, setWorkspace] = useState(asked ?? '');
  const [second, setSecond] = useState<{ challenge: string; methods: string[] }>();
  const ways = useQuery({
    queryKey: ['login', 'options', workspace, lang()],
    queryFn: () => get<Ways>('login/options', { workspace }),
    retry: false,
  });
  const entered = (csrf?: string) => {
    if (csrf) session.csrf = csrf;
    client.clear();
    go(inside(next), { replace: true });
  };
  const find = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    setWorkspace(String(new FormData(e.currentTarget).get('workspace')).trim().toLowerCase());
  };
  const byPasskey = () =>
    logInByPasskey().then(
      (x) => x && entered(x.csrf_token),
      (e) => say.error(isProblem(e) ? e.message : String(e)),
    );
  return (
    <Outside
      title={t('login.title')}
      hint={t('login.hint')}
      foot={
        <>
          {t('login.no_account')} <Link to={'/signup' as '/'}>{t('login.sign_up')}</Link>
          {' · '}
          <Link to={'/forgot' as '/'}>{t('people:forgot.link')}</Link>
        </>
      }
    >
      {detail && (
        <p className="wrong" role="alert">
          {detail}
        </p>
      )}
      {second ? (
        <>
          {second.methods.some((m) => m !== 'passkey') && (
            <Ask
              fields={[{ name: 'code', label: t('people:login.code'), complete: 'one-time-code' }]}
              submit={t('people:login.next')}
              onSubmit={async (v) => {
                const body = { challenge: second.challenge, code: v.code };
                entered((await post<{ csrf_token: string }>('login/second', body, { outside: true })).csrf_token);
              }}
            />
          )}
          {second.methods.includes('passkey') && (
            <>
              <p className="muted">{t(passkeysKnown() ? 'people:login.by_passkey' : 'people:passkey.off')}</p>
              {passkeysKnown() && (
                <Button block onClick={() => void byPasskey()}>
                  {t('people:login.passkey')}
                </Button>
              )}
            </>
          )}
        </>
      ) : (
        <>
          <Credentials
            onSubmit={async (c) => {
              try {
                await logIn(c);
              } catch (e) {
                if (!isProblem(e) || e.reason !== 'login.second_factor') throw e;
                setSecond({ challenge: String(e.data.challenge), methods: (e.data.methods as string[] | undefined) ?? [] });
                return;
              }
              entered();
            }}
          />
          {ways.data?.passkey && passkeysKnown() && (
            <Button block onClick={() => void byPasskey()}>
              {t('people:login.passkey')}
            </Button>
          )}
          {ways.data?.providers.map((p) => (
            <a key={p.name} className="provider" href={`${p.url}?next=${encodeURIComponent(inside(next))}`}>
              {p.label}
            </a>
          ))}
          <details open={!!asked}>
            <summary>{t('people:login.workspace')}</summary>
            <form className="row" onSubmit={find}>
              <input className="input" name="workspace" defaultValue={asked} aria-label={t('people:login.workspace_address')} />
              <Button htmlType="submit">{t('people:login.find')}</Button>
            </form>
            {workspace && (ways.error || ways.data?.providers.length === 0) && (
              <span className="wrong">{t('people:login.none')}</span>
            )}
          </details>
        </>
      )}
    </Outside>
  );
}
