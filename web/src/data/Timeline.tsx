import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Mail, MessageSquare, PencilLine, Plus, Trash2, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem } from '@/api/problem';
import { type PageOf, useList, useRemove } from '@/api/records';
import { useTitle } from '@/api/titles';
import { lang } from '@/i18n';
import { typeOf } from '@/meta/kinds';
import { useMeta } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { group, round } from '@/ui/decimal';
import { ago, time } from '@/ui/format';
import { Denied, Empty, Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { Say } from './Say';

interface Changed {
  field: string;
  label: string;
  before: unknown;
  after: unknown;
  before_name?: string;
  after_name?: string;
}

interface Entry {
  id: string;
  at: string;
  actor_id: string | null;
  actor?: string;
  action: string;
  label: string;
  line?: boolean;
  changes?: Changed[];
  _denied?: string[];
}

type Item = { at: string; key: string } & ({ entry: Entry } | { comment: Row } | { mail: Row });

// Timeline is what happened to a record, newest first: changes field by field, actions, and what people said.
export function Timeline({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const comments = meta.named('comment');
  const mails = meta.named('mail.document');
  const history = useInfiniteQuery({
    queryKey: ['history', entity.path, row.id, lang()],
    queryFn: ({ pageParam, signal }) =>
      get<PageOf<Entry>>(`${entity.path}/${row.id}/history`, { limit: 50, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  const about = { entity: entity.name, record_id: row.id, limit: 100, sort: '-created_at' };
  const said = useList('comments', about, !!comments);
  const mailed = useList('mail/documents', about, !!mails && !!entity.print);
  const entries = history.data?.pages.flatMap((p) => p.data) ?? [];
  const items: Item[] = [
    ...entries.map((entry) => ({ at: entry.at, key: entry.id, entry })),
    ...(said.data?.data ?? []).map((comment) => ({ at: String(comment.created_at), key: comment.id, comment })),
    ...(mailed.data?.data ?? []).map((mail) => ({ at: String(mail.created_at), key: mail.id, mail })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <>
      {comments?.create && <Say of={comments} entity={entity} row={row} />}
      {history.isPending ? (
        <Skeleton rows={4} />
      ) : items.length === 0 ? (
        <Empty title={t('history.none')} />
      ) : (
        <ol className="timeline">
          {items.map((i) =>
            'comment' in i ? (
              <Said key={i.key} row={i.comment} of={comments} />
            ) : 'mail' in i ? (
              <Mailed key={i.key} row={i.mail} of={mails} />
            ) : (
              <Happened key={i.key} entry={i.entry} entity={entity} />
            ),
          )}
        </ol>
      )}
      {history.hasNextPage && (
        <div className="timeline-more">
          <Button size="small" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('history.older')}
          </Button>
        </div>
      )}
    </>
  );
}

function Head({ who, what, at, children }: { who: string; what: string; at: string; children?: React.ReactNode }) {
  return (
    <div className="what">
      <b>{who}</b>
      <span>{what}</span>
      <time className="muted" dateTime={at} title={time(at)}>
        {ago(at)}
      </time>
      {children}
    </div>
  );
}

// Mailed is a document that was sent: to whom, and what became of it.
function Mailed({ row, of }: { row: Row; of?: Entity }) {
  const { t } = useTranslation();
  const who = useTitle(useMeta().named('user'), 'id', row.created_by as string | null);
  const status = of?.fields.find((f) => f.name === 'status');
  const to = Array.isArray(row.recipients) ? row.recipients.join(', ') : undefined;
  return (
    <li>
      <Mail size={16} className="muted" aria-hidden="true" />
      <div>
        <Head who={who ?? ''} what={t('history.mailed')} at={String(row.created_at)}>
          {status && <Value field={status} row={row} />}
        </Head>
        <div>{String(row.subject)}</div>
        {to ? <div className="muted">{to}</div> : <Denied />}
        {row.problem ? <div className="wrong">{String(row.problem)}</div> : null}
      </div>
    </li>
  );
}

// Said is a remark; those whom it names stand out, and who wrote it may take it back.
function Said({ row, of }: { row: Row; of?: Entity }) {
  const { t } = useTranslation();
  const me = useMe();
  const who = useTitle(useMeta().named('user'), 'id', row.created_by as string | null);
  const remove = useRemove(of ?? ({ path: 'comments' } as Entity));
  const drop = () =>
    ask({
      title: t('history.drop_ask'),
      okText: t('delete'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync({ id: row.id, version: row.version }).catch((e) => say.error(isProblem(e) ? e.message : String(e))),
    });
  const parts = String(row.text).split(/(@[^\s@，。,.;；:：!！?？]+)/);
  return (
    <li>
      <MessageSquare size={16} className="muted" aria-hidden="true" />
      <div>
        <Head who={who ?? t('history.system')} what={t('history.said')} at={String(row.created_at)}>
          {me?.id === row.created_by && of?.delete && (
            <button
              type="button"
              className="icon-button small"
              aria-label={t('history.drop')}
              title={t('history.drop')}
              onClick={drop}
            >
              <Trash2 size={13} />
            </button>
          )}
        </Head>
        <div className="bubble">{parts.map((p, i) => (p.startsWith('@') ? <b key={`${i}${p}`}>{p}</b> : p))}</div>
      </div>
    </li>
  );
}

function Happened({ entry, entity }: { entry: Entry; entity: Entity }) {
  const { t } = useTranslation();
  const Icon = entry.action === 'create' ? Plus : entry.action === 'update' ? PencilLine : Zap;
  const act = entity.actions?.find((a) => a.name === entry.action)?.label;
  const what = act ? t('history.acted', { act }) : t(`history.${entry.action}`, { defaultValue: entry.action });
  const shows = entry.action !== 'create' && ((entry.changes?.length ?? 0) > 0 || (entry._denied?.length ?? 0) > 0);
  return (
    <li>
      <Icon size={16} className="muted" aria-hidden="true" />
      <div>
        <Head who={entry.actor || t('history.system')} what={entry.line ? `${what} ${entry.label}` : what} at={entry.at} />
        {shows && <Diff entry={entry} entity={entity} />}
      </div>
    </li>
  );
}

function Diff({ entry, entity }: { entry: Entry; entity: Entity }) {
  const known = new Map([...(entity.lines ?? []).flatMap((l) => l.fields), ...entity.fields].map((f) => [f.name, f]));
  return (
    <div className="diff">
      {entry.changes?.map((c) => {
        const f = known.get(c.field);
        const [was, now] = [told(c.before, c.before_name, f), told(c.after, c.after_name, f)];
        if (f?.kind === 'json' || (was === '' && now === '')) return null;
        return (
          <div key={c.field}>
            <span className="muted">{c.label}</span>
            {was !== '' && (
              <>
                <s>{was}</s>
                <span aria-hidden="true">→</span>
              </>
            )}
            <span>{now || '–'}</span>
          </div>
        );
      })}
      {(entry._denied?.length ?? 0) > 0 && <Denied />}
    </div>
  );
}

// told is a value as people read it: by its name where the API gives one, else as its kind writes it.
const told = (v: unknown, name: string | undefined, f: Field | undefined): string =>
  name ?? (v === null || v === undefined ? '' : f ? (counted(v, f) ?? typeOf(f).text(v, f)) : String(v));

// counted is a number as people read it.
const counted = (v: unknown, f: Field): string | undefined => {
  if (!/^(amount|price|quantity|percent)$/.test(f.kind) || typeof v !== 'string') return undefined;
  return f.kind === 'percent' ? `${group(round(v, 2))}%` : group(v);
};
