import { useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { Copy, Ellipsis, FileDown, Pencil, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { url } from '@/api/http';
import { isProblem } from '@/api/problem';
import { useRecord, useRemove } from '@/api/records';
import { mayDelete, mayEdit } from '@/meta/access';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { Page } from '@/ui/Page';
import { Pop } from '@/ui/Pop';
import { Empty, Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { ActionBar } from './ActionBar';
import { RecordBody } from './RecordBody';
import { Why } from './Why';

// RecordPage shows one record of any entity: what it is, what can be done with it, what belongs to it, what happened.
export default function RecordPage({ entity, id }: { entity: Entity; id: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const record = useRecord(entity.path, id);
  const row = record.data;
  const back = () => go(`/${entity.path}`);
  const { tab } = useSearch({ strict: false }) as { tab?: string };
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
  const choose = (key: string) => go(`/${entity.path}/${id}${key === 'details' ? '' : `?tab=${key}`}`, { replace: true });
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
          <Why entity={entity} row={row} />
          <More entity={entity} row={row} />
        </>
      }
    >
      <RecordBody entity={entity} row={row} tab={tab} onTab={choose} />
    </Page>
  );
}

function More({ entity, row }: { entity: Entity; row: Row }) {
  const { t, i18n } = useTranslation();
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
  if (!entity.create && !entity.print && !mayDelete(entity, row)) return null;
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
          {entity.print &&
            (['zh', 'en'] as const).map((lang) => (
              <a
                key={lang}
                className="item"
                href={url(`${entity.path}/${row.id}/pdf`, { lang })}
                download
                onClick={() => close()}
              >
                <FileDown size={14} aria-hidden="true" />
                {t('record.pdf', { language: i18n.getFixedT(lang)('own_language') })}
              </a>
            ))}
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
