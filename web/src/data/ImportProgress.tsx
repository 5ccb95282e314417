import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ended, type Job, useJob } from '@/api/jobs';
import { useJobActs } from './useJobActs';

// Progress shows how far a task is, lets it be called off, and tells its end once.
export function Progress({ job, what, onEnd }: { job?: number; what: string; onEnd: (j: Job) => void }) {
  const { t } = useTranslation();
  const { data } = useJob(job);
  const { cancel } = useJobActs();
  const told = useRef<number>(undefined);
  if (data && ended(data) && told.current !== data.id) {
    told.current = data.id;
    queueMicrotask(() => onEnd(data));
  }
  const percent = data?.percent ?? 0;
  return (
    <div className="card import-progress" role="status">
      <b>{what}</b>
      <progress value={job === undefined ? undefined : percent} max={100} aria-label={what} />
      <span className="muted">
        {job !== undefined && `${percent}%`} {data?.eta_seconds !== undefined && t('import.left', { n: data.eta_seconds })}
      </span>
      {job !== undefined && <span className="muted">{t('import.leave')}</span>}
      {data && !ended(data) && (
        <div>
          <Button size="small" onClick={() => cancel(data)}>
            {t('tasks.cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}
