import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import { Skeleton } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { RightsGrid } from './RightsGrid';
import { Rules } from './Rules';
import type { RolesAnswer } from './rights';
import type { Content } from './versions';

interface GridProps {
  content: Content;
  readOnly: boolean;
  onChange: (c: Partial<Content>) => void;
}

// Grid is the rights as a table by role, with the rules above it, and the roles of one's own.
export function Grid({ content, readOnly, onChange }: GridProps) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['roles', lang()], queryFn: () => get<RolesAnswer>('roles') });
  const [role, setRole] = useState('sales');
  if (!data) return <Skeleton rows={8} />;
  const own = content.roles ?? [];
  const known = data.data.filter((r) => !own.some((o) => o.name === r.name));
  const roles = [...known, ...own.map((o) => ({ name: o.name, label: lang() === 'en' ? o.label.en : o.label.zh }))];
  const labels = Object.fromEntries(roles.map((r) => [r.name, r.label]));
  const grants = content.grants ?? {};
  const add = (name: string, zh: string, en: string, copy: string) => {
    onChange({ roles: [...own, { name, label: { zh, en } }], grants: { ...grants, [name]: copy ? { ...grants[copy] } : {} } });
    setRole(name);
  };
  return (
    <>
      <div className="rights">
        <ul className="rights-roles card" aria-label={t('admin:right.list')}>
          {roles.map((r) => (
            <li key={r.name}>
              <button type="button" className="item" aria-current={r.name === role} onClick={() => setRole(r.name)}>
                {r.label}
              </button>
            </li>
          ))}
        </ul>
        <fieldset disabled={readOnly} className="bare">
          <RightsGrid
            role={role}
            label={labels[role] ?? role}
            grants={grants[role] ?? {}}
            onChange={(of) => onChange({ grants: { ...grants, [role]: of } })}
          />
        </fieldset>
      </div>
      {!readOnly && <NewRole taken={roles.map((r) => r.name)} roles={roles.filter((r) => grants[r.name])} onAdd={add} />}
      <h2>{t('admin:right.rules')}</h2>
      <fieldset disabled={readOnly} className="bare">
        <Rules rules={content.rules ?? []} labels={labels} onChange={(rules) => onChange({ rules })} />
      </fieldset>
    </>
  );
}

interface NewRoleProps {
  taken: string[];
  roles: { name: string; label: string }[];
  onAdd: (name: string, zh: string, en: string, copy: string) => void;
}

function NewRole({ taken, roles, onAdd }: NewRoleProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [zh, setZh] = useState('');
  const [en, setEn] = useState('');
  const [copy, setCopy] = useState('');
  const fine = /^[a-z][a-z0-9_]{0,39}$/.test(name) && !taken.includes(name) && zh.trim() && en.trim();
  const add = () => {
    onAdd(name, zh.trim(), en.trim(), copy);
    setName('');
    setZh('');
    setEn('');
  };
  return (
    <section className="card studio-line" aria-label={t('policy:role.new')}>
      <b>{t('policy:role.new')}</b>
      <Input
        className="input"
        aria-label={t('policy:role.name')}
        placeholder={t('policy:role.name')}
        value={name}
        onChange={(e) => setName(e.target.value)}
        style={{ width: 180 }}
      />
      <Input
        className="input"
        aria-label={t('policy:role.zh')}
        placeholder={t('policy:role.zh')}
        value={zh}
        onChange={(e) => setZh(e.target.value)}
        style={{ width: 160 }}
      />
      <Input
        className="input"
        aria-label={t('policy:role.en')}
        placeholder={t('policy:role.en')}
        value={en}
        onChange={(e) => setEn(e.target.value)}
        style={{ width: 160 }}
      />
      <span style={{ width: 200 }}>
        <Select
          aria-label={t('policy:role.copy')}
          value={copy}
          onChange={setCopy}
          options={[{ value: '', label: t('policy:role.empty') }, ...roles.map((r) => ({ value: r.name, label: r.label }))]}
        />
      </span>
      <Button icon={<Plus size={14} />} disabled={!fine} onClick={add}>
        {t('policy:role.add')}
      </Button>
    </section>
  );
}
