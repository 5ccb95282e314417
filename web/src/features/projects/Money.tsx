import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { typeOf } from '@/meta/kinds';
import { fieldOf, useMeta } from '@/meta/meta';
import { fieldFor } from '@/meta/reports';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { compare } from '@/ui/decimal';
import { Empty, Skeleton } from '@/ui/parts';
import '@/data/record.css';
import './projects.css';

// Money sets what a project has used against what it may use: by kind of cost, and hours by task.
export default function Money({ row }: RecordProps) {
  return (
    <div className="project-money">
      <Budget id={row.id} />
      <Hours id={row.id} />
    </div>
  );
}

function Budget({ id }: { id: string }) {
  const { t } = useTranslation();
  const report = useMeta().reports.find((r) => r.path === 'projects/budget');
  const { data, isPending } = useQuery({
    queryKey: ['list', 'projects/budget', lang(), id],
    queryFn: ({ signal }) => get<{ data: Row[] }>('projects/budget', { project_id: id }, signal),
    enabled: !!report,
  });
  if (!report) return null;
  if (isPending) return <Skeleton rows={4} />;
  const cell = (key: string, r: Row) => {
    const c = report.columns.find((x) => x.name === key);
    if (!c) return null;
    const over = key === 'remaining' && compare(String(r.remaining), '0') < 0 && compare(String(r.budget), '0') > 0;
    return (
      <span className={over ? 'wrong' : r.kind === 'total' ? 'project-total' : undefined}>
        <Value field={fieldFor(c)} row={r} />
      </span>
    );
  };
  return (
    <section aria-label={report.label}>
      <h3>
        {report.label}
        {!!report.denied?.length && <span className="muted"> {t('projects:denied')}</span>}
      </h3>
      <Sheet
        label={report.label}
        columns={report.columns.map((c) => ({ key: c.name, label: c.label, end: typeOf(fieldFor(c)).end }))}
        rows={data?.data ?? []}
        cell={cell}
      />
    </section>
  );
}

const columns = ['name', 'assignee_id', 'planned_hours', 'done_hours', 'status'];

function Hours({ id }: { id: string }) {
  const { t } = useTranslation();
  const tasks = useMeta().named('projects.task');
  const { data } = useList(tasks?.path ?? '', { project_id: id, sort: 'sequence', limit: 200 }, !!tasks);
  if (!tasks) return null;
  const fields = columns.flatMap((n) => fieldOf(tasks, n) ?? []);
  const rows = data?.data ?? [];
  return (
    <section aria-label={t('projects:hours_by_task')}>
      <h3>
        {t('projects:hours_by_task')}
        <span className="grow" />
        <Link to={'/projects/timesheets' as '/'} search={{ project_id: id } as never}>
          {t('projects:timesheets')}
        </Link>
      </h3>
      {rows.length === 0 ? (
        <Empty title={t('projects:no_tasks')} />
      ) : (
        <Sheet
          label={t('projects:hours_by_task')}
          columns={fields.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end }))}
          rows={rows}
          cell={(key, r) => {
            const f = fields.find((x) => x.name === key);
            if (key === 'name') return <Link to={`/${tasks.path}/${r.id}` as '/'}>{String(r.name)}</Link>;
            const over = key === 'done_hours' && compare(String(r.done_hours), String(r.planned_hours)) > 0;
            return f && <span className={over ? 'wrong' : undefined}>{<Value field={f} row={r} />}</span>;
          }}
        />
      )}
    </section>
  );
}
