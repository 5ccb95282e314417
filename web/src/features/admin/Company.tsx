import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ImageUp, Save, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, url } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, settled, useChange, useList } from '@/api/records';
import { bodyOf, type Draft, draftOf, isDirty } from '@/data/draft';
import { RecordForm } from '@/data/RecordForm';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { Page } from '@/ui/Page';
import { Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import './admin.css';

// Company is what documents say of the company itself.
export default function Company() {
  const { t } = useTranslation();
  const go = useGo();
  const entity = useMeta().named('company');
  const { data } = useList('company', { limit: 1 }, !!entity);
  const row = data?.data[0];
  if (entity && row) return <Form key={row.version} entity={entity} row={row} />;
  return (
    <Page title={t('admin:company.title')} back={() => go('/admin/settings')} padded>
      <Skeleton />
    </Page>
  );
}

function Form({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const go = useGo();
  const shown = { ...entity, fields: entity.fields.filter((f) => f.name !== 'logo_id') };
  const [before] = useState(() => draftOf(shown, row));
  const [draft, setDraft] = useState<Draft>(before);
  const [problem, setProblem] = useState<Problem>();
  const change = useChange(entity);
  const dirty = isDirty(draft, before);
  const save = () => {
    if (!dirty || change.isPending) return;
    change.mutate(
      { id: row.id, version: row.version, values: bodyOf(draft, before) },
      {
        onSuccess: () => say.success(t('admin:company.saved')),
        onError: (e) => (isProblem(e) ? setProblem(e) : say.error(String(e))),
      },
    );
  };
  useHotkeys({ 'mod+s': save });
  return (
    <Page
      title={t('admin:company.title')}
      back={() => go('/admin/settings')}
      actions={
        <Button type="primary" icon={<Save size={14} />} disabled={!dirty} loading={change.isPending} onClick={save}>
          {t('save')}
        </Button>
      }
      padded
    >
      <p className="muted company-hint">{t('admin:company.hint')}</p>
      <Logo entity={entity} row={row} />
      <RecordForm entity={shown} draft={draft} onChange={setDraft} problem={problem} />
    </Page>
  );
}

// Logo is the picture at the head of documents: a file of the profile.
function Logo({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useChange(entity);
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const now = typeof row.logo_id === 'string' ? row.logo_id : undefined;
  const told = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
  const send = async (file: File | undefined) => {
    if (!file) return;
    const form = new FormData();
    form.append('entity', entity.name);
    form.append('record_id', row.id);
    form.append('file', file, file.name);
    setBusy(true);
    try {
      const made = (await call<Row>('POST', 'attachments', { body: form, key: newKey() })).data;
      await change.mutateAsync({ id: row.id, version: row.version, values: { logo_id: made.id } });
      void settled(client, 'attachments');
    } catch (e) {
      told(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card company-logo" aria-label={t('admin:company.logo')}>
      {now ? (
        <img src={url(`attachments/${now}/content`, { inline: true })} alt={t('admin:company.logo')} />
      ) : (
        <span className="muted">{t('admin:company.logo_none')}</span>
      )}
      <span className="grow" />
      <span className="muted">{t('admin:company.logo_hint')}</span>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg"
        aria-label={t('admin:company.logo_set')}
        onChange={(e) => {
          void send(e.target.files?.[0]);
          e.target.value = '';
        }}
      />
      <Button icon={<ImageUp size={14} />} loading={busy} onClick={() => input.current?.click()}>
        {t('admin:company.logo_set')}
      </Button>
      {now && (
        <Button
          icon={<X size={14} />}
          onClick={() => change.mutate({ id: row.id, version: row.version, values: { logo_id: null } }, { onError: told })}
        >
          {t('admin:company.logo_drop')}
        </Button>
      )}
    </section>
  );
}
