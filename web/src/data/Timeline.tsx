import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { MessageSquare, PencilLine, Plus, Zap } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem } from '@/api/problem';
import { type Effect, newKey, type PageOf, useCreate, useList } from '@/api/records';
import { useTitle } from '@/api/titles';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { ago, time } from '@/ui/format';
import { Empty, Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';

interface Entry extends Effect {
  id: string;
  at: string;
  actor_id: string | null;
}

type Item = { at: string; key: string; who: string | null } & ({ entry: Entry } | { comment: Row });

// Timeline is what happened to a record, newest first: changes field by field, actions, and what people said.
export function Timeline({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const comments = useMeta().named('comment');
  const about = { entity: entity.name, record_id: row.id, limit: 100 };
  const audit = useQuery({
    queryKey: ['audit', entity.name, row.id, lang()],
    queryFn: ({ signal }) => get<PageOf<Entry>>('audit', about, signal),
  });
  const said = useList('comments', { ...about, sort: '-created_at' }, !!comments);
  const items: Item[] = [
    ...(audit.data?.data ?? []).map((entry) => ({ at: entry.at, key: entry.id, who: entry.actor_id, entry })),
    ...(said.data?.data ?? []).map((comment) => ({
      at: String(comment.created_at),
      key: comment.id,
      who: comment.created_by as string,
      comment,
    })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <>
      {comments?.create && <Say of={comments} entity={entity} row={row} />}
      {audit.isPending ? (
        <Skeleton rows={4} />
      ) : items.length === 0 ? (
        <Empty title={t('history.none')} />
      ) : (
        <ol className="timeline">
          {items.map((i) => (
            <Happened key={i.key} item={i} entity={entity} />
          ))}
        </ol>
      )}
    </>
  );
}

function Happened({ item, entity }: { item: Item; entity: Entity }) {
  const { t } = useTranslation();
  const users = useMeta().named('user');
  const who = useTitle(users, 'id', item.who);
  const head = (what: string) => (
    <div className="what">
      <b>{who ?? t('history.system')}</b>
      <span>{what}</span>
      <time className="muted" dateTime={item.at} title={time(item.at)}>
        {ago(item.at)}
      </time>
    </div>
  );
  if ('comment' in item) {
    return (
      <li>
        <MessageSquare size={16} className="muted" aria-hidden="true" />
        <div>
          {head(t('history.said'))}
          <div className="bubble">{String(item.comment.text)}</div>
        </div>
      </li>
    );
  }
  const { entry } = item;
  const Icon = entry.action === 'create' ? Plus : entry.action === 'update' ? PencilLine : Zap;
  const act = entity.actions?.find((a) => a.name === entry.action)?.label;
  return (
    <li>
      <Icon size={16} className="muted" aria-hidden="true" />
      <div>
        {head(act ? t('history.acted', { act }) : t(`history.${entry.action}`, { defaultValue: entry.action }))}
        {entry.action !== 'create' && <Diff entry={entry} entity={entity} />}
      </div>
    </li>
  );
}

// Diff shows which fields a change touched, with their values before and after.
function Diff({ entry, entity }: { entry: Entry; entity: Entity }) {
  const fields = Object.keys(entry.values ?? {}).flatMap((n) => fieldOf(entity, n) ?? []);
  if (fields.length === 0) return null;
  const row = (values: Record<string, unknown> | undefined) => ({ id: '', version: 0, ...values }) as Row;
  return (
    <div className="diff">
      {fields.map((f) => (
        <div key={f.name}>
          <span className="muted">{f.label}</span>
          {entry.was?.[f.name] !== undefined && entry.was[f.name] !== null && entry.was[f.name] !== '' && (
            <>
              <s>
                <Value field={f} row={row(entry.was)} />
              </s>
              <span aria-hidden="true">→</span>
            </>
          )}
          <Value field={f} row={row(entry.values)} />
        </div>
      ))}
    </div>
  );
}

function Say({ of, entity, row }: { of: Entity; entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const create = useCreate(of);
  const [text, setText] = useState('');
  const send = async () => {
    if (!text.trim()) return;
    try {
      await create.mutateAsync({ values: { entity: entity.name, record_id: row.id, text: text.trim() }, key: newKey() });
      setText('');
    } catch (e) {
      say.error(isProblem(e) ? e.message : String(e));
    }
  };
  return (
    <div className="say">
      <textarea
        className="input"
        rows={2}
        aria-label={t('history.say')}
        placeholder={t('history.say')}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && void send()}
      />
      {text.trim() !== '' && (
        <Button type="primary" size="small" loading={create.isPending} onClick={() => void send()}>
          {t('history.send')}
        </Button>
      )}
    </div>
  );
}
