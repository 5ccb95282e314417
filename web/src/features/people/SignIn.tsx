import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Page } from '@/ui/Page';
import { Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import './people.css';

interface Policy {
  second_factor: 'optional' | 'required';
  grace_days: number;
  only_sso: boolean;
  address: string;
}

const told = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));

// SignIn is what the company demands of those who come in, through which providers, and its directory.
export default function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const policy = useQuery({ queryKey: ['sign_in'], queryFn: () => get<Policy>('sign_in') }).data;
  const [token, setToken] = useState('');
  const save = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget);
    const body = {
      second_factor: f.get('second') ? 'required' : 'optional',
      grace_days: Number(f.get('grace')) || 0,
      only_sso: !!f.get('only_sso'),
      address: String(f.get('address')),
    };
    try {
      client.setQueryData(['sign_in'], (await call<Policy>('PUT', 'sign_in', { body })).data);
      say.success(t('people:policy.saved'));
    } catch (x) {
      told(x);
    }
  };
  if (!policy)
    return (
      <Page title={t('people:sign_in')} padded>
        <Skeleton rows={6} />
      </Page>
    );
  return (
    <Page title={t('people:sign_in')} padded>
      <div className="people">
        <form className="card" onSubmit={(e) => void save(e)}>
          <div className="stack body">
            <label className="item">
              <input className="check" type="checkbox" name="second" defaultChecked={policy.second_factor === 'required'} />
              {t('people:policy.second')}
            </label>
            <label className="labelled">
              <span>{t('people:policy.grace')}</span>
              <input className="input" name="grace" type="number" min={0} max={90} defaultValue={policy.grace_days} />
            </label>
            <label className="item">
              <input className="check" type="checkbox" name="only_sso" defaultChecked={policy.only_sso} />
              {t('people:policy.only_sso')}
            </label>
            <label className="labelled">
              <span>{t('people:policy.address')}</span>
              <input className="input" name="address" defaultValue={policy.address} />
            </label>
            <Button type="primary" htmlType="submit">
              {t('people:policy.save')}
            </Button>
          </div>
        </form>
        <section className="card">
          <div className="stack body">
            {(['identity_providers', 'invitations', 'scim_groups'] as const).map((path) => (
              <Link key={path} to={`/${path}` as '/'}>
                {t(
                  {
                    identity_providers: 'people:policy.providers',
                    invitations: 'people:invitations',
                    scim_groups: 'people:policy.groups',
                  }[path],
                )}
              </Link>
            ))}
          </div>
        </section>
        <section className="card">
          <header>
            <h2>{t('people:policy.scim')}</h2>
          </header>
          <div className="stack body">
            <p className="muted">{t('people:policy.scim_hint', { url: `${location.origin}/scim/v2` })}</p>
            {token && <code className="secret">{token}</code>}
            <Button
              onClick={() =>
                void post<{ token: string }>('tokens', { name: 'SCIM', scopes: ['scim'], days: 366 }).then(
                  (x) => setToken(x.token),
                  told,
                )
              }
            >
              {t('people:policy.scim_token')}
            </Button>
          </div>
        </section>
        <Sample />
      </div>
    </Page>
  );
}

function Sample() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const n = useQuery({ queryKey: ['sample_data'], queryFn: () => get<{ records: number }>('sample_data') }).data?.records;
  const begin = (path: string) =>
    post(path).then(() => {
      say.success(t('people:policy.sample_begun'));
      void client.invalidateQueries();
    }, told);
  const remove = async () => {
    const dry = await post<{ removed: number; kept: unknown[] }>('sample_data/remove?dry_run=true');
    ask({
      title: t('people:policy.sample_what', { removed: dry.removed, kept: dry.kept.length }),
      okText: t('people:policy.sample_remove'),
      okButtonProps: { danger: true },
      onOk: () => begin('sample_data/remove'),
    });
  };
  return (
    <section className="card">
      <header>
        <h2>{t('people:policy.sample')}</h2>
        {n !== undefined && <span className="muted">{t('people:policy.sample_left', { n })}</span>}
      </header>
      <div className="stack body">
        {n ? (
          <Button danger onClick={() => void remove().catch(told)}>
            {t('people:policy.sample_remove')}
          </Button>
        ) : (
          <Button onClick={() => void begin('sample_data')}>{t('people:policy.sample_load')}</Button>
        )}
      </div>
    </section>
  );
}
