import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { useTitle } from '@/api/titles';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { typeOf } from '@/meta/kinds';
import { fieldOf, raw, system, useMeta } from '@/meta/meta';
import type { Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Denied, Empty, Skeleton } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { AuditChain } from './AuditChain';
import './admin.css';

interface Entry {
  id: string;
  at: string;
  actor_id: string | null;
  entity: string;
  label: string;
  action: string;
  record: string;
  title?: string;
  values?: Record<string, unknown>;
  was?: Record<string, unknown>;
  _denied?: string[];
}

const technical = new Set(['entity', 'record_id', 'content_hash', 'sha256', 'storage_key']); // names of things inside, no words for people

const kinds = ['create', 'update', 'delete', 'export'];

// Audit is what was done by whom, with what it was before and after; narrowed by the address.
export default function Audit() {
  const { t } = useTranslation();
  const meta = useMeta();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const asked = { entity: search.entity, actor_id: search.actor_id, action: search.action, record_id: search.record_id };
  const set = (name: string, v: unknown) =>
    void navigate({ to: '.', search: { ...search, [name]: typeof v === 'string' && v ? v : undefined }, replace: true } as never);
  const list = useInfiniteQuery({
    queryKey: ['audit', asked, lang()],
    queryFn: ({ pageParam, signal }) => get<PageOf<Entry>>('audit', { ...asked, limit: 50, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = list.data?.pages.flatMap((p) => p.data) ?? [];
  const person: Field = { name: 'actor_id', label: t('admin:log.actor'), kind: 'id', ref: 'user', class: 'basic', edit: true };
  const Who = typeOf(person).Input;
  const entity = meta.named(asked.entity);
  const actions = [
    ...kinds.map((k) => ({ value: k, label: t(`admin:log.${k}`) })),
    ...(entity?.actions ?? []).map((a) => ({ value: a.name, label: a.label })),
  ];
  return (
    <Page
      title={t('admin:audit')}
      toolbar={
        <div className="admin-filters">
          <span>
            <Select
              size="small"
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('admin:log.entity')}
              placeholder={t('admin:log.entity')}
              value={asked.entity}
              options={meta.entities.map((e) => ({ value: e.name, label: e.label }))}
              onChange={(v) => set('entity', v)}
            />
          </span>
          <span>
            <Who
              field={person}
              small
              label={person.label}
              placeholder={person.label}
              value={asked.actor_id}
              onChange={(v) => set('actor_id', v)}
            />
          </span>
          <span>
            <Select
              size="small"
              allowClear
              aria-label={t('admin:log.action')}
              placeholder={t('admin:log.action')}
              value={asked.action}
              options={actions}
              onChange={(v) => set('action', v)}
            />
          </span>
        </div>
      }
      padded
    >
      <AuditChain />
      {list.isPending ? (
        <Skeleton rows={10} />
      ) : rows.length === 0 ? (
        <Empty title={t('admin:log.none')} />
      ) : (
        <section className="card admin-list">
          <Sheet
            label={t('admin:audit')}
            columns={['when', 'actor', 'action', 'what', 'changes'].map((key) => ({ key, label: t(`admin:log.${key}`) }))}
            rows={rows}
            cell={(key, r) => <Cell name={key} entry={r} />}
          />
          {list.hasNextPage && (
            <div className="rights-note">
              <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('admin:log.more')}
              </Button>
            </div>
          )}
        </section>
      )}
    </Page>
  );
}

function Cell({ name, entry }: { name: string; entry: Entry }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const who = useTitle(meta.named('user'), 'id', name === 'actor' ? entry.actor_id : null);
  const of = meta.named(entry.entity);
  if (name === 'when') return <time dateTime={entry.at}>{time(entry.at)}</time>;
  if (name === 'actor') return entry.actor_id ? who : t('admin:log.system');
  if (name === 'action')
    return (
      of?.actions?.find((a) => a.name === entry.action)?.label ?? t(`admin:log.${entry.action}`, { defaultValue: entry.action })
    );
  if (name === 'what') {
    const title = `${entry.label} ${entry.title ?? ''}`;
    return of && entry.action !== 'delete' ? <Link to={`/${of.path}/${entry.record}` as '/'}>{title}</Link> : title;
  }
  const at = (values: Record<string, unknown> = {}) =>
    ({ ...values, id: entry.record, version: 0, _denied: entry._denied }) as Row;
  const fields = of ? Object.keys(entry.values ?? {}).flatMap((n) => (system.has(n) ? [] : (fieldOf(of, n) ?? []))) : [];
  const telling = (f: Field) =>
    !technical.has(f.name) &&
    !raw(f) &&
    f.kind !== 'json' &&
    f.kind !== 'bytes' &&
    (entry.was || !/^(|false|0(\.0+)?)$/.test(String(entry.values?.[f.name] ?? '')));
  const changed = fields.filter(telling).slice(0, entry.was ? 8 : 4);
  return (
    <div className="log-diff">
      {changed.map((f) => (
        <span key={f.name}>
          <span className="muted">{f.label}</span>{' '}
          {entry.was?.[f.name] !== undefined && entry.was[f.name] !== null && entry.was[f.name] !== '' && (
            <>
              <Value field={f} row={at(entry.was)} /> <span aria-hidden="true">→</span>{' '}
            </>
          )}
          <Value field={f} row={at(entry.values)} />
        </span>
      ))}
      {!!entry._denied?.length && <Denied />}
    </div>
  );
}
