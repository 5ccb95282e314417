import { useParams, useSearch } from '@tanstack/react-router';
import { BadgeCheck, CheckCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Me, useMe } from '@/api/me';
import { useGrowing } from '@/api/records';
import { More } from '@/data/More';
import { waitsFor } from '@/data/todo';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, Tabs } from '@/ui/parts';
import { Item } from './Item';
import { Request } from './Request';
import { useSums } from './sums';
import './approvals.css';

type Kind = 'todo' | 'mine' | 'decided';

const query = (kind: Kind, me: Me) => ({
  sort: '-created_at',
  ...(kind === 'mine' ? { requested_by: me.id } : kind === 'todo' ? { status: 'pending' } : { 'status[ne]': 'pending' }),
});

// Inbox is where one decides: what waits, and beside it what would happen.
export default function Inbox() {
  const me = useMe();
  return me && <Desk me={me} />;
}

function Desk({ me }: { me: Me }) {
  const { t } = useTranslation();
  const go = useGo();
  const narrow = useNarrow();
  const { id } = useParams({ strict: false }) as { id?: string };
  const search = useSearch({ strict: false }) as { list?: string };
  const kind: Kind = search.list === 'mine' || search.list === 'decided' ? search.list : 'todo';
  const todo = useGrowing('approvals', query('todo', me));
  const other = useGrowing('approvals', query(kind, me), 100, kind !== 'todo');
  const waiting = todo.rows.filter((a) => waitsFor(a, me));
  const rows = kind === 'todo' ? waiting : other.rows;
  const pending = kind === 'todo' ? todo.isPending : other.isPending;
  const sums = useSums(rows);
  const tail = kind === 'todo' ? '' : `?list=${kind}`;
  const open = (a: Row | undefined) => go(a ? `/approvals/${a.id}${tail}` : `/approvals${tail}`, { replace: !narrow });
  const at = rows.findIndex((a) => a.id === id);
  const shown = id ?? (narrow ? undefined : rows[0]?.id);
  const next = (gone: string) => {
    const rest = rows.filter((a) => a.id !== gone);
    open(narrow ? undefined : (rest[Math.max(0, at)] ?? rest[rest.length - 1]));
  };
  useHotkeys({
    j: () => open(rows[Math.min(rows.length - 1, at + 1)]),
    k: () => open(rows[Math.max(0, at - 1)]),
  });
  const entity = useMeta().named('approval');
  if (!entity) return null;
  if (narrow && shown) return <Request key={shown} id={shown} me={me} onBack={() => open(undefined)} onDone={next} />;
  return (
    <Page
      title={t('approvals:title')}
      toolbar={
        <Tabs
          label={t('approvals:lists')}
          items={[
            { key: 'todo', label: t('approvals:todo'), count: todo.data ? waiting.length : undefined },
            { key: 'mine', label: t('approvals:mine') },
            { key: 'decided', label: t('approvals:decided') },
          ]}
          value={kind}
          onChange={(k) => go(k === 'todo' ? '/approvals' : `/approvals?list=${k}`, { replace: true })}
        />
      }
    >
      <div className={rows.length ? 'desk' : 'desk empty-desk'}>
        {pending ? (
          <Skeleton rows={6} />
        ) : rows.length === 0 ? (
          <Empty icon={kind === 'todo' ? CheckCheck : BadgeCheck} title={t(`approvals:none_${kind}`)}>
            {t(`approvals:none_${kind}_hint`)}
          </Empty>
        ) : (
          <ul className="desk-list" aria-label={t('approvals:title')}>
            {rows.map((a) => (
              <Item key={a.id} row={a} sum={sums(a)} on={a.id === shown} onOpen={() => open(a)} />
            ))}
            <li>
              <More list={kind === 'todo' ? todo : other} />
            </li>
          </ul>
        )}
        {!narrow && rows.length > 0 && shown && <Request key={shown} id={shown} me={me} onDone={next} />}
      </div>
    </Page>
  );
}
