import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { State } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { worded } from './rights';

interface Text {
  zh: string;
  en: string;
}

interface Answer {
  roles: string[];
  labels: Text[];
  allow: boolean;
  rule: string;
  rule_label: Text;
}

interface Explanation {
  person: Answer;
  each?: Answer[];
  approvals?: { id: string; label: Text }[];
}

const said = (x: Text) => (lang() === 'en' ? x.en : x.zh);

// Effective says what a role may really do, by which rule, and what others may.
export function Effective({ roles }: { roles: { name: string; label: string }[] }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const [role, setRole] = useState('sales');
  const [name, setName] = useState('inventory.product');
  const [what, setWhat] = useState('view:standard_cost');
  const entity = meta.named(name) ?? meta.entities[0];
  const choices = entity ? questionsOf(entity, t) : [];
  const asked = choices.some((c) => c.value === what) ? what : (choices[0]?.value ?? '');
  const { data } = useQuery({
    queryKey: ['explain', entity?.name, asked, role],
    queryFn: () => get<Explanation>('policy/explain', { entity: entity?.name, what: asked, role }),
    enabled: !!entity && !!asked,
  });
  const label = (a: Answer) => a.labels.map(said).join(' / ');
  return (
    <div className="effective">
      <div className="card effective-ask">
        <Labelled text={t('admin:right.role')}>
          <Select
            aria-label={t('admin:right.role')}
            value={role}
            onChange={setRole}
            options={roles.map((r) => ({ value: r.name, label: r.label }))}
          />
        </Labelled>
        <Labelled text={t('admin:right.entity')}>
          <Select
            aria-label={t('admin:right.entity')}
            showSearch={{ optionFilterProp: 'label' }}
            value={entity?.name}
            onChange={setName}
            options={meta.entities.map((e) => ({ value: e.name, label: e.label }))}
          />
        </Labelled>
        <Labelled text={t('admin:right.ask')}>
          <Select
            aria-label={t('admin:right.ask')}
            showSearch={{ optionFilterProp: 'label' }}
            value={asked}
            onChange={setWhat}
            options={choices}
          />
        </Labelled>
      </div>
      {data && (
        <>
          <div className={`notice tone-${data.person.allow ? 'green' : 'red'}`} role="status">
            <div>
              <b>
                {t('admin:right.result', {
                  role: label(data.person),
                  answer: t(data.person.allow ? 'admin:right.allowed' : 'admin:right.refused'),
                })}
              </b>
              <div>{t('admin:right.rule', { rule: said(data.person.rule_label) || data.person.rule })}</div>
              {data.approvals?.map((r) => (
                <div key={r.id}>
                  {t('admin:right.of', { right: t('admin:right.approval'), what: worded(said(r.label), entity) })}
                </div>
              ))}
            </div>
          </div>
          {data.each && (
            <section className="card">
              <header>
                <h2>{t('admin:right.each')}</h2>
              </header>
              <Sheet
                label={t('admin:right.each')}
                columns={[
                  { key: 'role', label: t('admin:right.role') },
                  { key: 'allow', label: '' },
                  { key: 'rule', label: t('admin:right.rules') },
                ]}
                rows={data.each.map((a) => ({ ...a, id: a.roles.join() }))}
                cell={(key, a) =>
                  key === 'role' ? (
                    label(a)
                  ) : key === 'allow' ? (
                    <State tone={a.allow ? 'green' : 'gray'}>{t(a.allow ? 'admin:right.allowed' : 'admin:right.refused')}</State>
                  ) : (
                    <span className="muted">{said(a.rule_label) || a.rule}</span>
                  )
                }
              />
            </section>
          )}
        </>
      )}
    </div>
  );
}

const Labelled = ({ text, children }: { text: string; children: React.ReactNode }) => (
  <div className="labelled grow">
    <span>{text}</span>
    {children}
  </div>
);

function questionsOf(e: Entity, t: TFunction) {
  const whole = (['create', 'delete', 'export'] as const).map((r) => ({ value: r as string, label: t(`admin:right.${r}`) }));
  const fields = e.fields.flatMap((f) => [
    { value: `view:${f.name}`, label: t('admin:right.of', { right: t('admin:right.view'), what: f.label }) },
    { value: `edit:${f.name}`, label: t('admin:right.of', { right: t('admin:right.edit'), what: f.label }) },
  ]);
  return [
    ...whole,
    ...(e.actions ?? []).map((a) => ({
      value: `action:${a.name}`,
      label: t('admin:right.of', { right: t('admin:right.actions'), what: a.label }),
    })),
    ...fields,
  ];
}
