import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { X } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { isProblem } from '@/api/problem';
import { newKey, settled } from '@/api/records';
import { actionsFor, mayDelete, mayEdit } from '@/meta/access';
import { typeOf } from '@/meta/kinds';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { Select } from '@/ui/pickers';
import { ask, say, tell } from '@/ui/talk';
import { each } from './each';
import { all, type BulkForm as Form } from './feature';

interface BulkProps {
  entity: Entity;
  rows: Row[];
  matching?: { filters: Record<string, string>; total: number }; // all that the list's filters select, shown or not
  onLeft: (rows: Row[]) => void; // what was refused stays chosen
  onClose: () => void;
}

// BulkBar does one thing with all chosen records. Values are changed at once: all of them or none.
export function BulkBar({ entity, rows, matching, onLeft, onClose }: BulkProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [whole, setWhole] = useState(false);
  const [form, setForm] = useState<Form>();
  const meta = useMeta();
  const formed = (left?: Row[]) => {
    setForm(undefined);
    if (left?.length === 0) onClose();
    else if (left) onLeft(left);
  };
  const most = whole && matching ? matching.total : rows.length;
  const change = async (name: string, value: unknown) => {
    const versions = Object.fromEntries(rows.map((r) => [r.id, r.version]));
    const query = whole && matching ? matching.filters : { 'id[in]': rows.map((r) => r.id).join(',') };
    setBusy(true);
    try {
      const body = { set: { [name]: value }, count: most, ...(whole ? {} : { versions }) };
      await call('PATCH', entity.path, { query, body });
      say.success(t('bulk.done', { n: most }));
      onClose();
    } catch (e) {
      if (!isProblem(e)) throw e;
      const titles = new Map(rows.map((r) => [r.id, titleOf(entity, r)]));
      const why = e.fields.slice(0, 20).map((f) => {
        const of = titles.get(/^record ([\w-]+)/.exec(f.field)?.[1] ?? '');
        return (
          <li key={f.field + f.reason}>
            {of && <b>{of}</b>} {f.detail}
          </li>
        );
      });
      tell({ title: e.message, content: why.length > 0 && <ul>{why}</ul> });
    } finally {
      setBusy(false);
      void settled(client, entity.path);
    }
  };
  const run = async (work: (r: Row) => Promise<unknown>) => {
    setBusy(true);
    const refused = await each(rows, work);
    setBusy(false);
    void settled(client, entity.path);
    if (refused.length === 0) {
      say.success(t('bulk.done', { n: rows.length }));
      onClose();
      return;
    }
    onLeft(refused.map(([r]) => r));
    tell({
      title: t('bulk.partly', { done: rows.length - refused.length, refused: refused.length }),
      content: (
        <ul>
          {refused.slice(0, 20).map(([r, why]) => (
            <li key={r.id}>
              <b>{titleOf(entity, r)}</b> {why}
            </li>
          ))}
        </ul>
      ),
    });
  };
  const fields = entity.fields.filter((f) => rows.every((r) => mayEdit(f, r)));
  const actions = (entity.actions ?? []).filter(
    (a) => !a.input?.some((i) => !i.optional) && rows.every((r) => actionsFor(entity, r).includes(a)),
  );
  return (
    <div className="bulk" role="toolbar" aria-label={t('bulk.title')}>
      <span>{t('bulk.chosen', { n: most })}</span>
      {matching && matching.total > rows.length && Object.keys(matching.filters).length > 0 && (
        <Button size="small" type="text" onClick={() => setWhole(!whole)}>
          {whole ? t('bulk.only') : t('bulk.all', { n: matching.total })}
        </Button>
      )}
      {fields.length > 0 && (
        <Pop
          label={t('bulk.edit')}
          up
          side="start"
          width={280}
          trigger={(open, toggle) => (
            <Button size="small" type="primary" aria-expanded={open} loading={busy} onClick={toggle}>
              {t('bulk.edit')}
            </Button>
          )}
        >
          {(close) => (
            <BulkForm
              entity={entity}
              names={fields.map((f) => f.name)}
              onDone={(name, value) => {
                close();
                void change(name, value);
              }}
            />
          )}
        </Pop>
      )}
      {!whole &&
        actions.slice(0, 3).map((a) => (
          <Button
            key={a.name}
            size="small"
            disabled={busy}
            onClick={() => void run((r) => call('POST', `${entity.path}/${r.id}/${a.name}`, { key: newKey(), body: {} }))}
          >
            {a.label}
          </Button>
        ))}
      {!whole &&
        all('bulk')
          .filter((f) => f.entity === entity.name && (f.shows?.(meta) ?? true))
          .map((f) => (
            <Button key={f.key} size="small" disabled={busy} onClick={() => setForm(f)}>
              {t(f.label)}
            </Button>
          ))}
      {form && <Own form={form} entity={entity} rows={rows} onClose={formed} />}
      {!whole && rows.every((r) => mayDelete(entity, r)) && (
        <Button
          size="small"
          danger
          disabled={busy}
          onClick={() =>
            ask({
              title: t('bulk.delete_ask', { n: rows.length }),
              okText: t('delete'),
              okButtonProps: { danger: true },
              onOk: () => run((r) => call('DELETE', `${entity.path}/${r.id}`, { version: r.version })),
            })
          }
        >
          {t('delete')}
        </Button>
      )}
      <button type="button" className="icon-button" aria-label={t('bulk.clear')} onClick={onClose}>
        <X size={15} />
      </button>
    </div>
  );
}

function Own({ form, entity, rows, onClose }: { form: Form; entity: Entity; rows: Row[]; onClose: (left?: Row[]) => void }) {
  const Dialog = useMemo(() => lazy(form.load), [form]);
  return (
    <Suspense fallback={null}>
      <Dialog entity={entity} rows={rows} onClose={onClose} />
    </Suspense>
  );
}

function BulkForm({
  entity,
  names,
  onDone,
}: {
  entity: Entity;
  names: string[];
  onDone: (name: string, value: unknown) => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(names[0] ?? '');
  const [value, setValue] = useState<unknown>(null);
  const field = fieldOf(entity, name);
  if (!field) return null;
  const { Input } = typeOf(field);
  return (
    <form
      className="filter-form"
      onSubmit={(e) => {
        e.preventDefault();
        onDone(name, value);
      }}
    >
      <Select
        aria-label={t('filter.field')}
        size="small"
        showSearch={{ optionFilterProp: 'label' }}
        value={name}
        options={names.map((n) => ({ value: n, label: fieldOf(entity, n)?.label ?? n }))}
        onChange={(n: string) => {
          setName(n);
          setValue(null);
        }}
      />
      <Input key={name} field={field} value={value} label={field.label} small onChange={setValue} />
      <Button type="primary" size="small" htmlType="submit">
        {t('bulk.apply')}
      </Button>
    </form>
  );
}
