import { useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, Bell as BellIcon, CheckCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import type { Me } from '@/api/me';
import { newKey, useList } from '@/api/records';
import { waitsFor } from '@/data/todo';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { ago } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Pop } from '@/ui/Pop';
import { Empty, IconButton } from '@/ui/parts';

// Bell tells what waits for the user: approvals to give, and what happened.
export function Bell({ me, up }: { me: Me; up?: boolean }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const fresh = useList(
    'notifications',
    { user_id: me.id, 'read_at[null]': true, limit: 20, count: true, sort: '-created_at' },
    !!meta.named('notification'),
  );
  const pending = useList('approvals', { status: 'pending', limit: 100 }, !!meta.named('approval'));
  const todo = (pending.data?.data ?? []).filter((a) => waitsFor(a, me));
  const count = (fresh.data?.total ?? 0) + todo.length;
  return (
    <Pop
      label={t('bell.title')}
      side={up ? 'start' : 'end'}
      up={up}
      width={320}
      trigger={(open, toggle) => (
        <IconButton icon={BellIcon} label={t('bell.with_count', { n: count })} count={count} expanded={open} onClick={toggle} />
      )}
    >
      {(close) => <Waiting fresh={fresh.data?.data ?? []} todo={todo.slice(0, 5)} close={close} />}
    </Pop>
  );
}

function Waiting({ fresh, todo, close }: { fresh: Row[]; todo: Row[]; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const client = useQueryClient();
  const read = async (n: Row | undefined, all = false) => {
    if (n) await call('POST', `notifications/${n.id}/read`, { body: all ? { all } : {}, key: newKey() });
    void client.invalidateQueries({ queryKey: ['list', 'notifications'] });
  };
  const open = (n: Row) => {
    close();
    void read(n);
    const of = meta.named(String(n.entity));
    if (of) go(`/${of.path}/${n.record_id}`);
  };
  const text = lang() === 'en' ? 'text_en' : 'text_zh';
  const rule = lang() === 'en' ? 'label_en' : 'label_zh';
  if (fresh.length + todo.length === 0) return <Empty title={t('bell.none')}>{t('bell.none_hint')}</Empty>;
  return (
    <>
      {todo.length > 0 && <div className="item-head">{t('bell.approvals')}</div>}
      {todo.map((a) => (
        <button
          key={a.id}
          type="button"
          className="item tall"
          onClick={() => {
            close();
            go(`/approvals/${a.id}`);
          }}
        >
          <BadgeCheck size={16} aria-hidden="true" />
          <span className="grow">
            <b>{String(a.record_title)}</b>
            <span className="muted note">{String(a[rule] ?? '')}</span>
          </span>
        </button>
      ))}
      {fresh.length > 0 && (
        <div className="item-head bell-head">
          <span className="grow">{t('bell.news')}</span>
          <button
            type="button"
            className="icon-button"
            aria-label={t('bell.read_all')}
            title={t('bell.read_all')}
            onClick={() => void read(fresh[0], true)}
          >
            <CheckCheck size={14} />
          </button>
        </div>
      )}
      {fresh.map((n) => (
        <button key={n.id} type="button" className="item tall" onClick={() => open(n)}>
          <span className="grow">
            {String(n[text])}
            <span className="muted note">{ago(String(n.created_at))}</span>
          </span>
        </button>
      ))}
    </>
  );
}
