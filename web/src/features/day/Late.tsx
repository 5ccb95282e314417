import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CheckCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { listKey, type PageOf } from '@/api/records';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { today } from '@/ui/format';
import { Empty, Skeleton } from '@/ui/parts';
import './day.css';

// What makes a document late, and in which states it still can be: a day that has passed, or the server's own count of days.
const counted = 'late_days';
const kinds = [
  ['sales.order', counted, 'confirmed,in_progress'],
  ['inventory.delivery', 'requested_date', 'waiting,ready'],
  ['production.production_order', 'due_date', 'planned,released,in_progress'],
  ['purchasing.requisition', 'need_by', 'draft,approved'],
  ['projects.milestone', 'due_date', 'open'],
  ['finance.invoice', 'due_date', 'posted,partial'],
  ['finance.bill', 'due_date', 'posted,partial'],
] as const;

const days = (from: string) => Math.round((Date.parse(today()) - Date.parse(from)) / 86_400_000);

// lateBy is how many days late a document is.
const lateBy = (by: string, row: Row) => (by === counted ? Number(row[by]) : days(String(row[by])));

// Late is what should have happened by now: how many of each kind that one may see, and the oldest of each.
export default function Late() {
  const { t } = useTranslation();
  const meta = useMeta();
  const asked = kinds.flatMap(([name, by, states]) => {
    const entity = meta.named(name);
    if (!entity || !fieldOf(entity, by)) return [];
    const passed: Record<string, string> = by === counted ? { [`${by}[gt]`]: '0' } : { [`${by}[lt]`]: today() };
    return [{ entity, by, filter: { ...passed, 'status[in]': states }, sort: by === counted ? `-${by}` : by }];
  });
  const answers = useQueries({
    queries: asked.map(({ entity, filter, sort }) => {
      const params = { ...filter, sort, limit: 1, count: true };
      return {
        queryKey: [...listKey(entity.path, params), 'page'],
        queryFn: ({ signal }: { signal: AbortSignal }) => get<PageOf<Row>>(entity.path, params, signal),
      };
    }),
  });
  if (answers.some((a) => a.isPending)) return <Skeleton rows={4} />;
  const late = asked.flatMap((k, i) => {
    const data = answers[i]?.data;
    const oldest = data?.data[0];
    return oldest && data.total ? [{ ...k, oldest, total: data.total }] : [];
  });
  if (late.length === 0)
    return (
      <Empty icon={CheckCheck} title={t('day:none_late')}>
        {t('day:none_late_hint')}
      </Empty>
    );
  return (
    <ul className="latest">
      {late.map(({ entity, by, filter, oldest, total }) => (
        <li key={entity.name}>
          <Link to={`/${entity.path}` as '/'} search={filter as never} className="name">
            {entity.plural ?? entity.label} {t('day:count', { n: total })}
          </Link>
          <Link to={`/${entity.path}/${oldest.id}` as '/'} className="clip muted grow">
            {titleOf(entity, oldest)}
          </Link>
          <span className="wrong">{t('day:late_days', { n: lateBy(by, oldest) })}</span>
        </li>
      ))}
    </ul>
  );
}
