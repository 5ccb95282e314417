import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { broken, ended, useJob } from '@/api/jobs';
import { isProblem } from '@/api/problem';
import { newKey } from '@/api/records';
import { useOnce } from '@/ui/once';
import { say } from '@/ui/talk';

// useSample is how many records of the sample data there are.
export const useSample = () =>
  useQuery({ queryKey: ['list', 'sample_data'], queryFn: () => get<{ records: number }>('sample_data') }).data?.records;

// Sample offers sample data to a company that has nothing yet, and takes it away again in one click: what people changed or use stays, and is named.
export function Sample({ records, empty }: { records: number; empty: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [job, setJob] = useState<number>();
  const { data } = useJob(job);
  const over = ended(data);
  const kept = (over && data?.result?.kept) || [];
  useEffect(() => {
    if (over) void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'jobs' });
  }, [over, client]);
  const begin = useOnce(async (at: string) => {
    try {
      setJob((await post<{ job: number }>(at, {}, { key: newKey() })).job);
    } catch (e) {
      if (!isProblem(e)) throw e;
      say.error(e.message);
    }
  });
  const busy = job !== undefined && !over;
  if (records === 0 && !empty && !busy && kept.length === 0) return null;
  return (
    <div className="day-sample" role="status">
      {data && broken(data) && <p className="wrong">{data.result?.detail ?? data.error ?? t('tasks.failed')}</p>}
      {kept.length > 0 && (
        <>
          <p className="muted">{t('day:sample.kept', { n: kept.length })}</p>
          <ul>
            {kept.slice(0, 5).map((k) => (
              <li key={k.path}>
                <Link to={`/${k.path}` as '/'}>{k.detail}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {records > 0 ? (
        <>
          <span className="muted">{t('day:sample.there', { n: records })}</span>
          <Button size="small" loading={busy} onClick={() => void begin('sample_data/remove')}>
            {t('day:sample.remove')}
          </Button>
        </>
      ) : (
        (empty || busy) && (
          <>
            <span className="muted">{t('day:sample.offer')}</span>
            <Button size="small" loading={busy} onClick={() => void begin('sample_data')}>
              {t('day:sample.load')}
            </Button>
          </>
        )
      )}
    </div>
  );
}
