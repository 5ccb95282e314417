import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { typeOf } from '@/meta/kinds';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import { fieldFor } from '@/meta/reports';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { today } from '@/ui/format';
import '@/data/record.css';
import './projects.css';

const kinds: [entity: string, fields: string[], sort: string][] = [
  ['projects.risk', ['name', 'rating', 'score', 'response', 'owner_id', 'review_date', 'status'], '-score'],
  ['projects.milestone', ['name', 'due_date', 'status', 'reached_on', 'invoice_percent'], 'due_date'],
  ['projects.gate', ['name', 'milestone_id', 'status', 'finding', 'decided_on'], 'name'],
];

// Control is what may go wrong with a project and what it must pass: risks, milestones, gates, people that are planned twice.
export default function Control({ row }: RecordProps) {
  return (
    <div className="project-money">
      {kinds.map(([name, fields, sort]) => (
        <Some key={name} name={name} fields={fields} sort={sort} id={row.id} />
      ))}
      <Conflicts row={row} />
    </div>
  );
}

function Some({ name, fields: names, sort, id }: { name: string; fields: string[]; sort: string; id: string }) {
  const { t } = useTranslation();
  const e = useMeta().named(name);
  const { data } = useList(e?.path ?? '', { project_id: id, sort, limit: 100 }, !!e);
  if (!e) return null;
  const fields = names.flatMap((n) => fieldOf(e, n) ?? []);
  const rows = data?.data ?? [];
  return (
    <section aria-label={e.label}>
      <h3>
        {e.label} <span className="muted">{rows.length}</span>
        <span className="grow" />
        {e.create && (
          <Link to={`/${e.path}/new` as '/'} search={{ project_id: id } as never}>
            {t('create')}
          </Link>
        )}
      </h3>
      {rows.length === 0 ? (
        <p className="muted project-none">{t('projects:none')}</p>
      ) : (
        <Sheet
          label={e.label}
          columns={fields.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end }))}
          rows={rows}
          cell={(key, r) => {
            const f = fields.find((x) => x.name === key);
            if (key === e.title) return <Link to={`/${e.path}/${r.id}` as '/'}>{titleOf(e, r)}</Link>;
            return f && <Value field={f} row={r} link />;
          }}
        />
      )}
    </section>
  );
}

const shown = ['name', 'user_id', 'from', 'to', 'capacity_hours', 'planned_hours', 'over_hours', 'work'];

// Conflicts lists who is planned for more than a day has, among those who work on the project, from today to its end.
function Conflicts({ row }: { row: Row }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const report = meta.reports.find((r) => r.path === 'projects/resource_conflicts');
  const tasks = useList('projects/tasks', { project_id: row.id, limit: 500, fields: 'id,assignee_id' });
  const people = new Set((tasks.data?.data ?? []).map((r) => r.assignee_id).filter(Boolean));
  const { data } = useQuery({
    queryKey: ['list', 'projects/resource_conflicts', lang(), row.id],
    queryFn: ({ signal }) => get<{ data: Row[] }>('projects/resource_conflicts', { from: today() }, signal),
    enabled: !!report,
  });
  if (!report) return null;
  const rows = (data?.data ?? []).filter((r) => people.has(r.user_id) || String(r.work).includes(String(row.name)));
  const columns = report.columns.filter((c) => shown.includes(c.name) && (c.name !== 'name' || rows.some((r) => r.name)));
  const fields = columns.map((c) => ({ ...fieldFor(c), ref: c.name === 'user_id' ? 'user' : c.ref }));
  return (
    <section aria-label={report.label}>
      <h3>
        {report.label} <span className="muted">{rows.length}</span>
        <span className="grow" />
        <Link to={'/reports/projects/resource_conflicts' as '/'}>{t('projects:all_conflicts')}</Link>
      </h3>
      {rows.length === 0 ? (
        <p className="muted project-none">{t('projects:no_conflicts')}</p>
      ) : (
        <Sheet
          label={report.label}
          columns={fields.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end }))}
          rows={rows}
          cell={(key, r) => {
            const f = fields.find((x) => x.name === key);
            return f && <Value field={f} row={r} />;
          }}
        />
      )}
    </section>
  );
}
