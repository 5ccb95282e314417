import { Link } from '@tanstack/react-router';
import { BadgeCheck, CheckCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Me, useMe } from '@/api/me';
import { useList } from '@/api/records';
import { waitsFor } from '@/data/todo';
import { titleOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { today } from '@/ui/format';
import { Empty, Skeleton } from '@/ui/parts';
import './day.css';

// What one has to do oneself, besides approving, by who it is given to and when it is due.
const work = [
  { entity: 'crm.activity', who: 'owner_id', due: 'due_date', open: 'planned' },
  { entity: 'projects.task', who: 'assignee_id', due: 'end_date', open: 'todo,in_progress' },
] as const;

export default function Todo() {
  const me = useMe();
  return me && <Mine me={me} />;
}

function Mine({ me }: { me: Me }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const approvals = useList('approvals', { status: 'pending', limit: 100 }, !!meta.named('approval'));
  const activities = useWork(0, me);
  const tasks = useWork(1, me);
  const waiting = (approvals.data?.data ?? []).filter((a) => waitsFor(a, me));
  const rows = [...activities.rows, ...tasks.rows].sort((a, b) => String(a.due ?? '9').localeCompare(String(b.due ?? '9')));
  if (approvals.isLoading || activities.loading || tasks.loading) return <Skeleton rows={4} />;
  if (waiting.length + rows.length === 0)
    return (
      <Empty icon={CheckCheck} title={t('day:none_todo')}>
        {t('day:none_todo_hint')}
      </Empty>
    );
  return (
    <ul className="latest">
      {waiting.slice(0, 4).map((a) => (
        <li key={a.id}>
          <BadgeCheck size={16} className="muted" aria-hidden="true" />
          <Link to={`/approvals/${a.id}` as '/'} className="clip name grow">
            {meta.named(String(a.entity))?.label} {String(a.record_title)}
          </Link>
          <span className="state tone-amber">{t('day:approve')}</span>
        </li>
      ))}
      {rows.slice(0, 6).map((r) => (
        <li key={r.row.id}>
          <Link to={`/${r.path}/${r.row.id}` as '/'} className="clip name grow">
            {r.title}
          </Link>
          <span className={r.due && r.due < today() ? 'wrong' : 'muted'}>
            {r.due ? t('day:due', { date: r.due }) : t('day:no_date')}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface Due {
  row: Row;
  path: string;
  title: string;
  due: string | null;
}

function useWork(at: 0 | 1, me: Me): { rows: Due[]; loading: boolean } {
  const w = work[at];
  const entity = useMeta().named(w.entity);
  const list = useList(entity?.path ?? '', { [w.who]: me.id, 'status[in]': w.open, sort: w.due, limit: 8 }, !!entity);
  const rows = entity
    ? (list.data?.data ?? []).map((row) => ({
        row,
        path: entity.path,
        title: titleOf(entity, row),
        due: row[w.due] as string | null,
      }))
    : [];
  return { rows, loading: list.isLoading };
}
