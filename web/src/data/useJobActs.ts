import { useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import type { Job } from '@/api/jobs';
import { isProblem } from '@/api/problem';
import { ask, say } from '@/ui/talk';

// jobName is what a job does, as people call it.
export const jobName = (t: TFunction, j: Job) =>
  t(`tasks.call.${j.call.replace(/\/\d+$/, '').replaceAll('.', '_')}`, { defaultValue: j.call });

// piecewise tells whether what a task has saved so far stays when it ends early.
export const piecewise = (j: Job) => j.call === 'import_batches';

// useJobActs are what one does to a job: try it again when it failed, call it off while it waits or runs.
export function useJobActs() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const act = (j: Job, action: 'retry' | 'cancel') =>
    post(`jobs/${j.id}/${action}`)
      .then(
        () => say.success(t(`tasks.told_${action}`)),
        (e) => say.error(isProblem(e) ? e.message : String(e)),
      )
      .finally(() => void client.invalidateQueries({ queryKey: ['jobs'] }));
  return {
    retry: (j: Job) => void act(j, 'retry'),
    cancel: (j: Job) =>
      ask({
        title: t('tasks.cancel_ask', { what: jobName(t, j) }),
        content: t(piecewise(j) ? 'tasks.cancel_rest' : 'tasks.cancel_what'),
        okText: t('tasks.cancel'),
        okButtonProps: { danger: true },
        onOk: () => act(j, 'cancel'),
      }),
  };
}
