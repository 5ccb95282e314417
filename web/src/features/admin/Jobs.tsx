import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { CheckCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { broken, ended, type Job } from '@/api/jobs';
import { Sheet } from '@/data/Sheet';
import { jobName, useJobActs } from '@/data/useJobActs';
import { time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State, Tabs, type Tone } from '@/ui/parts';
import './admin.css';

const tone = (j: Job): Tone =>
  broken(j) ? 'red' : j.state === 'completed' ? 'green' : j.state === 'retryable' ? 'amber' : 'blue';

// Jobs is the work that goes on by itself: what waits, what runs, what failed and may be tried again.
export default function Jobs() {
  const { t } = useTranslation();
  const { retry, cancel } = useJobActs();
  const [which, setWhich] = useState('all');
  const { data } = useQuery({
    queryKey: ['jobs', 'all'],
    queryFn: async ({ signal }) => (await get<{ data: Job[] }>('jobs', undefined, signal)).data,
    refetchInterval: (q) => (q.state.data?.some((j) => !ended(j)) ? 3000 : 15_000),
  });
  const failed = (data ?? []).filter((j) => broken(j) || j.state === 'retryable');
  const rows = which === 'failed' ? failed : (data ?? []);
  return (
    <Page
      title={t('admin:jobs')}
      toolbar={
        <Tabs
          label={t('admin:jobs')}
          items={[
            { key: 'all', label: t('admin:job.all') },
            { key: 'failed', label: t('admin:job.failed'), count: failed.length },
          ]}
          value={which}
          onChange={setWhich}
        />
      }
      padded
    >
      {!data ? (
        <Skeleton rows={8} />
      ) : rows.length === 0 ? (
        <Empty icon={CheckCheck} title={t(which === 'failed' ? 'admin:job.none_failed' : 'admin:job.none')} />
      ) : (
        <section className="card admin-list">
          <Sheet
            label={t('admin:jobs')}
            columns={['call', 'state', 'attempt', 'created', 'error'].map((key) => ({ key, label: t(`admin:job.${key}`) }))}
            rows={rows.map((j) => ({ ...j, job: j, id: String(j.id) }))}
            cell={(key, { job: j }) => {
              if (key === 'call') return jobName(t, j);
              if (key === 'state')
                return (
                  <State tone={tone(j)}>
                    {t(`admin:job.${j.state}`)} {j.percent !== undefined && !ended(j) && `${j.percent}%`}
                  </State>
                );
              if (key === 'attempt') return `${j.attempt} / ${j.max_attempts}`;
              if (key === 'created') return time(j.created_at);
              return (
                <>
                  <span className="wrong">{j.error ?? j.result?.detail}</span>{' '}
                  {(broken(j) || j.state === 'retryable') && (
                    <Button size="small" onClick={() => retry(j)}>
                      {t('retry')}
                    </Button>
                  )}{' '}
                  {!ended(j) && (
                    <Button size="small" onClick={() => cancel(j)}>
                      {t('tasks.cancel')}
                    </Button>
                  )}
                </>
              );
            }}
          />
        </section>
      )}
    </Page>
  );
}
