import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { Mistakes } from '@/data/Mistakes';
import { lang } from '@/i18n';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, Tabs } from '@/ui/parts';
import { say } from '@/ui/talk';
import { Effective } from './Effective';
import { RightsGrid } from './RightsGrid';
import { Rules } from './Rules';
import type { Grants, RolesAnswer, Rule } from './rights';
import './policy.css';

// Roles is the grid of rights: who may see, change and do what, the rules above it, and what comes of both.
export default function Roles() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['roles', lang()], queryFn: () => get<RolesAnswer>('roles') });
  const [draft, setDraft] = useState<{ grants?: Grants; rules?: Rule[] }>({});
  const [role, setRole] = useState('sales');
  const [tab, setTab] = useState('grid');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const labels = useMemo(() => Object.fromEntries((data?.data ?? []).map((r) => [r.name, r.label])), [data]);
  if (!data) return <Skeleton rows={10} />;
  if (!data.grants)
    return (
      <Page title={t('admin:roles')} padded>
        <Empty title={t('admin:right.no_rights')} />
      </Page>
    );
  const grants = draft.grants ?? data.grants;
  const rules = draft.rules ?? data.rules ?? [];
  const dirty = !!(draft.grants || draft.rules);
  const publish = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { status } = await call('PUT', 'roles', { body: draft });
      setDraft({});
      say.success(t(status === 202 ? 'policy:sent' : 'admin:right.published'));
      await client.invalidateQueries({ predicate: (q) => /^(roles|me|meta|explain|policy)$/.test(String(q.queryKey[0])) });
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page
      title={t('admin:roles')}
      beside={dirty && <span className="muted">{t('admin:right.changed')}</span>}
      actions={
        dirty && (
          <>
            <Button onClick={() => setDraft({})}>{t('admin:right.drop')}</Button>
            <Button type="primary" loading={busy} onClick={() => void publish()}>
              {t('admin:right.publish')}
            </Button>
          </>
        )
      }
      toolbar={
        <Tabs
          label={t('admin:roles')}
          items={['grid', 'rules', 'why'].map((key) => ({ key, label: t(`admin:right.${key}`) }))}
          value={tab}
          onChange={setTab}
        />
      }
      padded
    >
      {problem && <Mistakes problem={problem} />}
      {tab === 'grid' && (
        <div className="rights">
          <ul className="rights-roles card" aria-label={t('admin:right.list')}>
            {data.data.map((r) => (
              <li key={r.name}>
                <button type="button" className="item" aria-current={r.name === role} onClick={() => setRole(r.name)}>
                  {r.label}
                </button>
              </li>
            ))}
          </ul>
          <RightsGrid
            role={role}
            label={labels[role] ?? role}
            grants={grants[role] ?? {}}
            onChange={(of) => setDraft({ ...draft, grants: { ...grants, [role]: of } })}
          />
        </div>
      )}
      {tab === 'rules' && <Rules rules={rules} labels={labels} onChange={(list) => setDraft({ ...draft, rules: list })} />}
      {tab === 'why' && <Effective roles={data.data} />}
    </Page>
  );
}
