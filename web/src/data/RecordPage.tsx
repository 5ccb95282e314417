import { useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { Copy, Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { useRecord, useRemove } from '@/api/records';
import { mayDelete, mayEdit } from '@/meta/access';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { Page } from '@/ui/Page';
import { Pop } from '@/ui/Pop';
import { Empty, Skeleton, Tabs } from '@/ui/parts';
import { ActionBar } from './ActionBar';
import { Details } from './Details';
import { all, type RecordPart } from './feature';
import { Lines } from './Lines';
import { Related } from './Related';
import { Timeline } from './Timeline';
import './record.css';
import { ask, say } from '@/ui/talk';

// RecordPage shows one record of any entity: what it is, what can be done with it, what belongs to it, what happened.
export default function RecordPage({ entity, id }: { entity: Entity; id: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const record = useRecord(entity.path, id);
  const row = record.data;
  const back = () => go(`/${entity.path}`);
  const editable = !!row && entity.fields.some((f) => mayEdit(f, row));
  useHotkeys({ e: () => editable && go(`/${entity.path}/${id}/edit`), escape: back });
  if (record.isError && !row) {
    const gone = isProblem(record.error) && record.error.status === 404;
    return (
      <Page title={entity.label} back={back} padded>
        <Empty
          title={gone ? t('record.missing') : record.error.message}
          action={<Button onClick={back}>{t('record.to_list')}</Button>}
        >
          {gone && t('record.missing_hint')}
        </Empty>
      </Page>
    );
  }
  if (!row) {
    return (
      <Page title={entity.label} back={back} padded>
        <Skeleton />
      </Page>
    );
  }
  const state = fieldOf(entity, entity.state);
  return (
    <Page
      title={titleOf(entity, row)}
      name={titleOf(entity, row)}
      back={back}
      padded
      beside={
        <>
          <span className="muted kind">{entity.label}</span>
          {state && <Value field={state} row={row} />}
        </>
      }
      actions={
        <>
          <ActionBar entity={entity} row={row} />
          {editable && (
            <Button icon={<Pencil size={14} />} onClick={() => go(`/${entity.path}/${id}/edit`)}>
              {t('edit')}
            </Button>
          )}
          <More entity={entity} row={row} />
        </>
      }
    >
      <Body entity={entity} row={row} />
    </Page>
  );
}

function More({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const go = useGo();
  const remove = useRemove(entity);
  const drop = () =>
    ask({
      title: t('record.delete_ask', { title: titleOf(entity, row) }),
      okText: t('delete'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync({ id: row.id, version: row.version }).then(
          () => go(`/${entity.path}`),
          (e) => say.error(isProblem(e) ? e.message : String(e)),
        ),
    });
  if (!entity.create && !mayDelete(entity, row)) return null;
  return (
    <Pop
      label={t('record.more')}
      trigger={(open, toggle) => (
        <Button icon={<Ellipsis size={15} />} aria-label={t('record.more')} aria-expanded={open} onClick={toggle} />
      )}
    >
      {(close) => (
        <>
          {entity.create && (
            <button type="button" className="item" onClick={() => go(`/${entity.path}/new?from=${row.id}`)}>
              <Copy size={14} aria-hidden="true" />
              {t('record.copy')}
            </button>
          )}
          {mayDelete(entity, row) && (
            <button
              type="button"
              className="item wrong"
              onClick={() => {
                close();
                drop();
              }}
            >
              <Trash2 size={14} aria-hidden="true" />
              {t('delete')}
            </button>
          )}
        </>
      )}
    </Pop>
  );
}

function Body({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const parts = all('parts').filter((p) => p.entity === entity.name);
  const lines = entity.lines ?? [];
  const related = meta.pointing(entity).length > 0;
  const items = [
    { key: 'details', label: t('record.details') },
    ...parts.filter((p) => p.label).map((p) => ({ key: p.key, label: t(p.label ?? '') })),
    ...(related ? [{ key: 'related', label: t('record.related') }] : []),
    { key: 'history', label: t('record.history') },
  ];
  const now = items.some((i) => i.key === tab) ? (tab ?? 'details') : 'details';
  const choose = (key: string) => go(`/${entity.path}/${row.id}${key === 'details' ? '' : `?tab=${key}`}`, { replace: true });
  const part = parts.find((p) => p.label && p.key === now);
  return (
    <div className="record">
      {parts
        .filter((p) => !p.label)
        .map((p) => (
          <Part key={p.key} part={p} entity={entity} row={row} />
        ))}
      <div className="card record-card">
        <div className="record-tabs">
          <Tabs label={t('record.parts')} items={items} value={now} onChange={choose} />
        </div>
        <div role="tabpanel" aria-label={String(items.find((i) => i.key === now)?.label)}>
          {now === 'details' && <Details entity={entity} row={row} />}
          {now === 'related' && <Related entity={entity} row={row} />}
          {now === 'history' && <Timeline entity={entity} row={row} />}
          {part && <Part part={part} entity={entity} row={row} />}
        </div>
      </div>
      {now === 'details' && lines.map((l) => <Lines key={l.name} lines={l} row={row} />)}
    </div>
  );
}

function Part({ part, entity, row }: { part: RecordPart; entity: Entity; row: Row }) {
  const Loaded = useMemo(() => lazy(part.load), [part]);
  return (
    <Suspense fallback={<Skeleton rows={3} />}>
      <Loaded entity={entity} row={row} />
    </Suspense>
  );
}
