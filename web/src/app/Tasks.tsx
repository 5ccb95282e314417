import { Button } from 'antd';
import type { TFunction } from 'i18next';
import { CircleAlert, CircleCheck, Hourglass, ListTodo, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { broken, ended, type Job, useMyTasks } from '@/api/jobs';
import type { Me } from '@/api/me';
import { jobName, piecewise, useJobActs } from '@/data/useJobActs';
import { ago } from '@/ui/format';
import { Pop } from '@/ui/Pop';
import { Empty, IconButton } from '@/ui/parts';

// Tasks is the tray of what one has started and what goes on without one: imports, and what became of them.
export function Tasks({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { data } = useMyTasks();
  const { retry, cancel } = useJobActs();
  const list = data ?? [];
  const running = list.filter((j) => !ended(j)).length;
  const operates = me.roles.some((r) => r === 'owner' || r === 'admin');
  return (
    <Pop
      label={t('tasks.title')}
      up
      side="start"
      width={300}
      trigger={(open, toggle) => (
        <IconButton icon={ListTodo} label={t('tasks.title')} count={running} expanded={open} onClick={toggle} />
      )}
    >
      {() =>
        list.length === 0 ? (
          <Empty title={t('tasks.none')}>{t('tasks.none_hint')}</Empty>
        ) : (
          <>
            <div className="item-head">{t('tasks.title')}</div>
            {list.slice(0, 12).map((j) => (
              <Task
                key={j.id}
                job={j}
                retry={operates && broken(j) ? () => retry(j) : undefined}
                cancel={ended(j) ? undefined : () => cancel(j)}
              />
            ))}
          </>
        )
      }
    </Pop>
  );
}

// outcomeOf says in a few words what a task came to.
function outcomeOf(j: Job, t: TFunction): string {
  if (!ended(j))
    return j.eta_seconds === undefined ? `${j.percent ?? 0}%` : `${j.percent ?? 0}% · ${t('import.left', { n: j.eta_seconds })}`;
  const wrong = j.result?.errors?.length ?? j.result?.fields?.length ?? 0;
  if (broken(j) && j.result?.next_row !== undefined) return t('tasks.part', { n: j.result.created ?? 0, row: j.result.next_row });
  if (wrong > 0) return t('tasks.mistakes', { n: wrong });
  if (j.state === 'cancelled') return t(piecewise(j) ? 'tasks.stopped' : 'tasks.cancelled');
  if (broken(j)) return j.result?.detail ?? j.error ?? t('tasks.failed');
  if (j.result?.dry_run) return t('tasks.checked');
  return j.result?.created === undefined ? t('tasks.done') : t('tasks.created', { n: j.result.created });
}

function Task({ job, retry, cancel }: { job: Job; retry?: () => void; cancel?: () => void }) {
  const { t } = useTranslation();
  const wrong = broken(job) || !!job.result?.errors?.length;
  const Icon = wrong ? CircleAlert : ended(job) ? CircleCheck : Hourglass;
  const name = jobName(t, job);
  return (
    <div className="item tall task">
      <Icon size={16} className={wrong ? 'wrong' : 'muted'} aria-hidden="true" />
      <span className="grow">
        {name} {job.rows ? t('tasks.rows', { n: job.rows }) : ''}
        {!ended(job) && <progress value={job.percent ?? 0} max={100} aria-label={name} />}
        <span className="muted note">
          {outcomeOf(job, t)} · {ago(job.created_at)}
        </span>
      </span>
      {retry && (
        <Button size="small" onClick={retry}>
          {t('retry')}
        </Button>
      )}
      {cancel && <IconButton icon={X} label={t('tasks.cancel')} onClick={cancel} />}
    </div>
  );
}
