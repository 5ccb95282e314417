import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { useList } from '@/api/records';
import { lang } from '@/i18n';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import { Value } from '@/meta/Value';
import { today } from '@/ui/format';
import { Todos } from './Figures';
import { listAt, useCount } from './useAnswer';

const rank: Record<string, number> = { red: 0, amber: 1 };

// ProjectManager is one's projects, those in trouble first with the reason, and what is late in them.
export default function ProjectManager() {
  const { t } = useTranslation();
  const me = useMe();
  const entity = useMeta().named('projects.project');
  const { data } = useList(entity?.path ?? '', { manager_id: me?.id, status: 'active', limit: 50 }, !!entity && !!me);
  const now = today();
  const tasks = { 'status[in]': 'todo,in_progress', 'end_date[lt]': now };
  const mine = { 'status[in]': 'todo,in_progress', assignee_id: me?.id ?? '' };
  const marks = { status: 'open', 'due_date[lt]': now };
  const risks = { review_overdue: 'true', status: 'open' };
  const late = useCount('projects.task', tasks);
  const own = useCount('projects.task', mine);
  const missed = useCount('projects.milestone', marks);
  const reviews = useCount('projects.risk', risks);
  if (!entity) return null;
  const rows = [...(data?.data ?? [])].sort((a, b) => (rank[String(a.health)] ?? 2) - (rank[String(b.health)] ?? 2)).slice(0, 6);
  const health = fieldOf(entity, 'health');
  const progress = fieldOf(entity, 'progress');
  return (
    <>
      {data && rows.length === 0 && <p className="figures-done muted">{t('home:no_projects')}</p>}
      <ul className="latest">
        {rows.map((r) => (
          <li key={r.id} title={String(r[lang() === 'zh' ? 'health_text_zh' : 'health_text_en'] ?? '')}>
            <Link to={`/${entity.path}/${r.id}` as '/'} className="clip name grow">
              {titleOf(entity, r)}
            </Link>
            {progress && <Value field={progress} row={r} />}
            {health && <Value field={health} row={r} />}
          </li>
        ))}
      </ul>
      <Todos
        todos={[
          { key: 'mine', label: t('home:my_tasks'), n: own, to: listAt('projects/tasks', mine) },
          { key: 'late', label: t('home:late_tasks'), n: late, to: listAt('projects/tasks', tasks), late: true },
          {
            key: 'marks',
            label: t('home:late_milestones'),
            n: missed,
            to: listAt('projects/milestones', marks),
            late: true,
          },
          { key: 'risks', label: t('home:risk_reviews'), n: reviews, to: listAt('projects/risks', risks), late: true },
        ]}
      />
    </>
  );
}
