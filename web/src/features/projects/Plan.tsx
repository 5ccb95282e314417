import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem } from '@/api/problem';
import { useChange, useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Gantt } from '@/data/Gantt';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { today } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Empty, Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { barsOf, type Slip } from './plan';
import './projects.css';

interface Off {
  task_id: string;
  critical: boolean;
  variance_days: number;
  baseline_end: string | null;
}

// Plan is a project over time: tasks, what they wait for, what must not slip, what was promised, the milestones.
export default function Plan({ row }: RecordProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const go = useGo();
  const tasks = meta.named('projects.task') as Entity;
  const milestones = meta.named('projects.milestone');
  const asked = { project_id: row.id, limit: 500 };
  const list = useList(tasks.path, asked);
  const marks = useList(milestones?.path ?? '', { ...asked, sort: 'due_date' }, !!milestones);
  const off = useQuery({
    queryKey: ['list', 'projects/schedule_variance', lang(), row.id],
    queryFn: ({ signal }) => get<{ data: Off[] }>('projects/schedule_variance', { project_id: row.id }, signal),
    enabled: meta.reports.some((r) => r.path === 'projects/schedule_variance'),
  });
  const change = useChange(tasks);
  if (list.isPending) return <Skeleton rows={6} />;
  const rows = list.data?.data ?? [];
  if (rows.length === 0) {
    return (
      <Empty
        title={t('projects:no_tasks')}
        action={
          tasks.create && (
            <Link to={`/${tasks.path}/new` as '/'} search={{ project_id: row.id } as never}>
              {t('projects:add_task')}
            </Link>
          )
        }
      >
        {t('projects:no_tasks_hint')}
      </Empty>
    );
  }
  const slip = (o: Off): Slip => ({
    critical: o.critical,
    text: o.baseline_end && o.variance_days !== 0 ? t('projects:off', { n: o.variance_days }) : undefined,
  });
  const slips = new Map((off.data?.data ?? []).map((o) => [o.task_id, slip(o)]));
  const bars = barsOf(
    rows.filter((r) => r.status !== 'cancelled'),
    (marks.data?.data ?? []).filter((m) => m.status !== 'cancelled'),
    slips,
    today(),
  );
  const may = tasks.fields.some((f) => f.name === 'start_date' && f.edit);
  const move = (id: string, start: string, end: string) => {
    const r = rows.find((x) => x.id === id);
    if (!r) return;
    change
      .mutateAsync({ id, version: r.version, values: { start_date: start, end_date: end } })
      .catch((e) => say.error(isProblem(e) ? e.message : String(e)));
  };
  return (
    <div className="project-plan">
      <Gantt
        label={t('projects:plan')}
        bars={bars}
        zoom="week"
        critical
        onMove={may ? (b, start, end) => move(b.id, start, end) : undefined}
        onOpen={(b) => go(`/${rows.some((r) => r.id === b.id) ? tasks.path : milestones?.path}/${b.id}`)}
      />
    </div>
  );
}
