import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { ChevronRight, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get } from '@/api/http';
import { useMe, type Me as Who } from '@/api/me';
import { isProblem } from '@/api/problem';
import { settled, useChange, useRecord } from '@/api/records';
import { lang, setLang } from '@/i18n';
import { mayEdit } from '@/meta/access';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { listed } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Avatar } from '@/ui/parts';
import { setTheme, type Theme, useTheme } from '@/ui/settings';
import { say } from '@/ui/talk';
import '@/data/record.css';
import { Password } from './Password';
import './day.css';

// Me is who one is here, how the app looks to one, and how one is told.
export default function Me() {
  const me = useMe();
  return me && <Sheet me={me} />;
}

function Sheet({ me }: { me: Who }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const user = useMeta().named('user');
  const roles = useQuery({
    queryKey: ['roles', lang()],
    queryFn: () => get<{ data: { name: string; label: string }[] }>('roles'),
  }).data?.data;
  const facts = [
    ['name', me.name],
    ['email', me.email],
    ['company', me.tenant.name],
    ['roles', listed(me.roles.map((r) => roles?.find((x) => x.name === r)?.label ?? t(`role.${r}`, { defaultValue: r })))],
  ] as const;
  const choose = (key: 'theme' | 'language', now: string, options: [string, string][], set: (v: string) => void) => (
    <div className="me-choice">
      <span className="muted">{t(`day:me.${key}`)}</span>
      <div className="segments" role="group" aria-label={t(`day:me.${key}`)}>
        {options.map(([value, label]) => (
          <button key={value} type="button" aria-pressed={value === now} onClick={() => set(value)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
  return (
    <Page title={t('day:me.title')} padded>
      <div className="me">
        <section className="card">
          <header>
            <Avatar name={me.name} />
            <h2>{me.name}</h2>
          </header>
          <dl className="facts">
            {facts.map(([key, value]) => (
              <div key={key} className="fact">
                <dt>{t(`day:me.${key}`)}</dt>
                <dd>{key === 'name' ? <Name value={value} /> : value}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section className="card">
          <header>
            <h2>{t('day:me.looks')}</h2>
          </header>
          {choose(
            'theme',
            theme,
            ['light', 'dark', 'system'].map((x) => [x, t(`theme_${x}`)]),
            (v) => setTheme(v as Theme),
          )}
          {choose(
            'language',
            lang(),
            [
              ['zh', t('day:me.zh')],
              ['en', t('day:me.en')],
            ],
            (v) => void setLang(v === 'en' ? 'en' : 'zh'),
          )}
          {user && <Mail entity={user} id={me.id} />}
        </section>
        <Password email={me.email} />
        <Link className="card me-link" to={'/admin/tokens' as '/'}>
          <KeyRound size={16} aria-hidden="true" />
          <span className="grow">{t('day:me.tokens')}</span>
          <ChevronRight size={14} className="muted" aria-hidden="true" />
        </Link>
      </div>
    </Page>
  );
}

// Name is what one is called; it is changed in place.
function Name({ value }: { value: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(value);
  const save = () =>
    call('PATCH', 'me', { body: { name } }).then(
      () => {
        say.success(t('day:me.named'));
        void settled(client, 'users');
        void client.invalidateQueries({ queryKey: ['me'] });
      },
      (e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)),
    );
  return (
    <form
      className="me-name"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <input
        className="input small"
        aria-label={t('day:me.name')}
        value={name}
        required
        onChange={(e) => setName(e.target.value)}
      />
      {name.trim() !== value && name.trim() !== '' && (
        <Button size="small" htmlType="submit">
          {t('day:me.save_name')}
        </Button>
      )}
    </form>
  );
}

function Mail({ entity, id }: { entity: Entity; id: string }) {
  const { data: row } = useRecord('users', id);
  const change = useChange(entity);
  const field = fieldOf(entity, 'allow_mail');
  if (!row || !field || !mayEdit(field, row)) return null;
  const flip = () =>
    change.mutate(
      { id, version: row.version, values: { allow_mail: !row.allow_mail } },
      { onError: (e) => say.error(isProblem(e) ? e.message : String(e)) },
    );
  return (
    <label className="me-choice">
      <span className="muted">{field.label}</span>
      <input type="checkbox" className="check" checked={!!row.allow_mail} onChange={flip} />
    </label>
  );
}
