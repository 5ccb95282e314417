import { useBlocker, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useChange, useCreate, useRecord } from '@/api/records';
import { titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { useOnce } from '@/ui/once';
import { Page } from '@/ui/Page';
import { Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { useConflict } from './Conflict';
import { bodyOf, type Draft, draftOf, isDirty } from './draft';
import { useKept } from './kept';
import { RecordForm } from './RecordForm';

// FormPage makes a record, or changes one.
export default function FormPage({ entity, id }: { entity: Entity; id?: string }) {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const source = id ?? search.from;
  const record = useRecord(entity.path, source);
  const [first, setFirst] = useState<Row>();
  useEffect(() => {
    if (record.data && !first) setFirst(record.data); // what others change meanwhile must not change the form
  }, [record.data, first]);
  if (source && !first) {
    return (
      <Page title={entity.label} padded>
        <Skeleton />
      </Page>
    );
  }
  const { from: _from, ...given } = search;
  return <Form entity={entity} row={id ? first : undefined} start={draftOf(entity, first, !id)} given={given} />;
}

interface FormProps {
  entity: Entity;
  row?: Row;
  start: Draft;
  given: Record<string, string | undefined>; // fields by the address: /crm/contacts/new?customer_id=…
}

function Form({ entity, row, start, given }: FormProps) {
  const { t } = useTranslation();
  const go = useGo();
  const [base] = useState<Draft>(() => ({ ...start, values: { ...start.values, ...given } }));
  const [before] = useState<Draft>(start);
  const [draft, setDraft, forget] = useKept(`draft.${entity.name}.${row ? `${row.id}.${row.version}` : 'new'}`, base);
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const done = useRef(false);
  const create = useCreate(entity);
  const change = useChange(entity);
  const resolve = useConflict(entity);
  const busy = create.isPending || change.isPending;
  const dirty = isDirty(draft, base);
  useBlocker({
    shouldBlockFn: () => !done.current && dirty && !window.confirm(t('form.leave')),
    enableBeforeUnload: false,
  });
  const leave = (to: string) => {
    done.current = true;
    forget();
    go(to, { replace: true });
  };
  const save = useOnce(async (then: 'show' | 'new' = 'show') => {
    setProblem(undefined);
    try {
      const saved = row ? await update(row) : await create.mutateAsync({ values: bodyOf(draft), key: key.current });
      if (!saved) return;
      say.success(t('saved'));
      if (then === 'new') {
        key.current = newKey();
        setDraft(draftOf(entity));
        forget();
      } else leave(`/${entity.path}/${saved.id}`);
    } catch (e) {
      if (!isProblem(e)) throw e;
      if (!e.offline) key.current = newKey(); // another attempt, unless it may have arrived
      setProblem(e);
      document.querySelector('.page-body')?.scrollTo({ top: 0 });
    }
  });
  const update = async (old: Row): Promise<Row | undefined> => {
    const mine = bodyOf(draft, before);
    if (Object.keys(mine).length === 0) return old;
    try {
      return await change.mutateAsync({ id: old.id, version: old.version, values: mine });
    } catch (e) {
      if (!isProblem(e) || !e.conflict || e.reason === 'preview.changed') throw e;
      const theirs = await get<Row>(`${entity.path}/${old.id}`);
      const values = await resolve(old, theirs, mine);
      if (!values) return undefined;
      return Object.keys(values).length ? change.mutateAsync({ id: old.id, version: theirs.version, values }) : theirs;
    }
  };
  useHotkeys({ 'mod+s': () => void save(), 'mod+enter': () => void save() });
  const title = row ? titleOf(entity, row) : t('form.new', { what: entity.label });
  const cancel = () => leave(row ? `/${entity.path}/${row.id}` : `/${entity.path}`);
  return (
    <Page
      title={title}
      padded
      actions={
        <>
          <Button onClick={cancel}>{t('cancel')}</Button>
          {!row && (
            <Button className="wide-only" disabled={busy} onClick={() => void save('new')}>
              {t('form.save_new')}
            </Button>
          )}
          <Button type="primary" loading={busy} title="Ctrl S" onClick={() => void save()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <RecordForm entity={entity} draft={draft} onChange={setDraft} problem={problem} />
    </Page>
  );
}
