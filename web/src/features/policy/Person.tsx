import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { useList } from '@/api/records';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import { Empty, Skeleton, State } from '@/ui/parts';
import { Select } from '@/ui/pickers';

interface Source {
  allow: boolean;
  rule: string;
  rule_label: string;
  source: string;
}

interface Permission {
  entity: string;
  label: string;
  rows: string;
  class?: string;
  fields?: string[];
  action?: string;
  view?: Source;
  edit?: Source;
  do?: Source;
}

interface Answer {
  data: Permission[];
  version: number;
  roles: string[];
}

// Person is what somebody may really see, edit and do, now or on a past day, with the source of each right.
export function Person() {
  const { t } = useTranslation();
  const meta = useMeta();
  const people = useList('users', { limit: 200, fields: 'name,active' });
  const [user, setUser] = useState('');
  const [entity, setEntity] = useState('');
  const [at, setAt] = useState('');
  const day = /^\d{4}-\d\d-\d\d$/.test(at) ? at : '';
  const { data } = useQuery({
    queryKey: ['policy', 'permissions', user, day, lang()],
    queryFn: () => get<Answer>('policy/permissions', { user, at: day }),
  });
  const rows = (data?.data ?? []).filter((p) => !entity || p.entity === entity);
  const said = (s?: Source) =>
    s && (
      <>
        <State tone={s.allow ? 'green' : 'gray'}>{t(s.allow ? 'admin:right.allowed' : 'admin:right.refused')}</State>{' '}
        <span className="muted" title={s.source}>
          {s.rule_label || s.rule}
        </span>
      </>
    );
  return (
    <>
      <section className="card studio-line">
        <div className="labelled grow">
          <span>{t('policy:person.who')}</span>
          <Select
            aria-label={t('policy:person.who')}
            showSearch={{ optionFilterProp: 'label' }}
            value={user}
            onChange={setUser}
            options={[
              { value: '', label: t('policy:person.me') },
              ...(people.data?.data ?? []).map((u) => ({ value: String(u.id), label: String(u.name) })),
            ]}
          />
        </div>
        <div className="labelled grow">
          <span>{t('admin:right.entity')}</span>
          <Select
            aria-label={t('admin:right.entity')}
            showSearch={{ optionFilterProp: 'label' }}
            value={entity}
            onChange={setEntity}
            options={[
              { value: '', label: t('admin:right.all') },
              ...meta.entities.map((e) => ({ value: e.name, label: e.label })),
            ]}
          />
        </div>
        <div className="labelled">
          <span>{t('policy:person.day')}</span>
          <Input aria-label={t('policy:person.day')} type="date" value={at} onChange={(e) => setAt(e.target.value)} />
        </div>
      </section>
      {!data ? (
        <Skeleton rows={8} />
      ) : (
        <section className="card">
          <p className="rights-note muted">
            {t('policy:person.roles', { roles: data.roles.join(', ') || '–', version: data.version })}
          </p>
          {rows.length === 0 ? (
            <Empty title={t('policy:person.nothing')} />
          ) : (
            <Sheet
              label={t('policy:tab.person')}
              columns={['entity', 'what', 'view', 'edit', 'rows'].map((key) => ({ key, label: t(`policy:person.${key}`) }))}
              rows={rows.slice(0, 400).map((p, i) => ({ ...p, id: String(i) }))}
              cell={(key, p) =>
                key === 'entity' ? (
                  p.label
                ) : key === 'what' ? (
                  p.action ? (
                    t(`admin:right.${p.action}`, {
                      defaultValue: meta.named(p.entity)?.actions?.find((a) => a.name === p.action)?.label ?? p.action,
                    })
                  ) : (
                    <span title={p.fields?.join(', ')}>{t(`admin:class.${p.class}`, { defaultValue: p.class })}</span>
                  )
                ) : key === 'view' ? (
                  said(p.view ?? p.do)
                ) : key === 'edit' ? (
                  said(p.edit)
                ) : (
                  t(`policy:rows.${p.rows}`)
                )
              }
            />
          )}
        </section>
      )}
    </>
  );
}
