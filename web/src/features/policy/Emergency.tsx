import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem, type Problem } from '@/api/problem';
import { useList } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { time } from '@/ui/format';
import { Empty, Skeleton, State } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { say } from '@/ui/talk';
import type { RolesAnswer } from './rights';
import { useAgain, useBusy } from './versions';

interface Grant {
  id: string;
  user_id: string;
  role: string;
  reason: string;
  granted_by: string;
  until: string;
  review_due: string;
  reviewed_at: string | null;
  verdict: string;
  active: boolean;
}

// Emergency gives a colleague a role for some hours; on the next day a third person says whether that was right.
export function Emergency() {
  const { t } = useTranslation();
  const me = useMe();
  const again = useAgain();
  const people = useList('users', { limit: 200, fields: 'name,active' });
  const roles = useQuery({ queryKey: ['roles', lang()], queryFn: () => get<RolesAnswer>('roles') });
  const { data } = useQuery({ queryKey: ['policy', 'emergency'], queryFn: () => get<{ data: Grant[] }>('policy/emergency') });
  const [user, setUser] = useState<string>();
  const [role, setRole] = useState<string>();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('4');
  const [problem, setProblem] = useState<Problem>();
  const named = (id: string) => String(people.data?.data.find((u) => u.id === id)?.name ?? id);
  const label = (name: string) => roles.data?.data.find((r) => r.name === name)?.label ?? name;
  const tried = async (work: () => Promise<unknown>, done: string) => {
    setProblem(undefined);
    try {
      await work();
      say.success(t(done));
      await again();
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    }
  };
  const [grant, granting] = useBusy(() =>
    tried(
      () => post('policy/emergency', { user_id: user ?? '', role: role ?? '', reason, hours: Number.parseInt(hours, 10) || 0 }),
      'policy:emergency.granted',
    ),
  );
  const [judge] = useBusy((x: Grant, justified: boolean) =>
    tried(() => post(`policy/emergency/${x.id}/review`, { justified }), 'policy:emergency.reviewed'),
  );
  const [revoke] = useBusy((x: Grant) => tried(() => post(`policy/emergency/${x.id}/revoke`), 'policy:emergency.revoked'));
  return (
    <>
      {problem && <Mistakes problem={problem} />}
      <section className="card studio-line" aria-label={t('policy:emergency.new')}>
        <span className="labelled grow">
          <Select
            aria-label={t('policy:person.who')}
            placeholder={t('policy:person.who')}
            showSearch={{ optionFilterProp: 'label' }}
            value={user}
            onChange={setUser}
            options={(people.data?.data ?? [])
              .filter((u) => u.id !== me?.id)
              .map((u) => ({ value: String(u.id), label: String(u.name) }))}
          />
        </span>
        <span className="labelled grow">
          <Select
            aria-label={t('admin:right.role')}
            placeholder={t('admin:right.role')}
            value={role}
            onChange={setRole}
            options={(roles.data?.data ?? []).filter((r) => r.name !== 'owner').map((r) => ({ value: r.name, label: r.label }))}
          />
        </span>
        <Input
          aria-label={t('policy:emergency.reason')}
          placeholder={t('policy:emergency.reason')}
          value={reason}
          onChange={(e) => setReason(e.target.value)}
          style={{ width: 240 }}
        />
        <Input
          aria-label={t('policy:emergency.hours')}
          type="number"
          min={1}
          max={72}
          value={hours}
          onChange={(e) => setHours(e.target.value)}
          style={{ width: 90 }}
        />
        <Button type="primary" loading={granting} onClick={() => void grant()}>
          {t('policy:emergency.grant')}
        </Button>
      </section>
      {!data ? (
        <Skeleton rows={4} />
      ) : data.data.length === 0 ? (
        <Empty title={t('policy:emergency.none')} />
      ) : (
        <section className="card">
          <Sheet
            label={t('policy:tab.emergency')}
            columns={['who', 'role', 'reason', 'until', 'review', 'do'].map((key) => ({
              key,
              label: key === 'do' ? '' : t(`policy:emergency.${key}`),
            }))}
            rows={data.data}
            cell={(key, x) =>
              key === 'who' ? (
                named(x.user_id)
              ) : key === 'role' ? (
                label(x.role)
              ) : key === 'reason' ? (
                x.reason
              ) : key === 'until' ? (
                <State tone={x.active ? 'amber' : 'gray'}>{time(x.until)}</State>
              ) : key === 'review' ? (
                x.reviewed_at ? (
                  t(`policy:emergency.${x.verdict}`)
                ) : (
                  t('policy:emergency.due', { day: x.review_due })
                )
              ) : (
                <span className="rights-chips">
                  {x.active && (
                    <Button size="small" danger onClick={() => void revoke(x)}>
                      {t('policy:emergency.revoke')}
                    </Button>
                  )}
                  {!x.reviewed_at && x.granted_by !== me?.id && x.user_id !== me?.id && (
                    <>
                      <Button size="small" onClick={() => void judge(x, true)}>
                        {t('policy:emergency.justified')}
                      </Button>
                      <Button size="small" onClick={() => void judge(x, false)}>
                        {t('policy:emergency.not_justified')}
                      </Button>
                    </>
                  )}
                </span>
              )
            }
          />
        </section>
      )}
    </>
  );
}
