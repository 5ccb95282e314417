import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import type { Tree } from '@/api/records';
import { inputField } from '@/data/ActionDialog';
import { Mistakes } from '@/data/Mistakes';
import { Preview } from '@/data/Outcome';
import { effectsOf } from '@/data/outcomes';
import { Sheet } from '@/data/Sheet';
import { blank } from '@/meta/kind';
import { system } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Skeleton } from '@/ui/parts';

// Effect shows what an approval would make happen: what was asked for, what changes on the document, what follows.
export function Effect({ row, subject, dry }: { row: Row; subject?: Entity; dry: UseQueryResult<Tree> }) {
  if (dry.isPending) return <Skeleton rows={4} />;
  if (!dry.data) return <div className="request-pad">{isProblem(dry.error) && <Mistakes problem={dry.error} />}</div>;
  return (
    <div className="request-pad stack">
      {subject && <Asked row={row} subject={subject} />}
      {subject && <Changes row={row} subject={subject} tree={dry.data} />}
      <Preview tree={dry.data} />
    </div>
  );
}

function Asked({ row, subject }: { row: Row; subject: Entity }) {
  const { t } = useTranslation();
  const action = subject.actions?.find((a) => a.name === row.action);
  const given = (row.input ?? {}) as Record<string, unknown>;
  const plain = (action?.input ?? []).filter((i) => !i.items && !i.fields && !blank(given[i.name]));
  if (plain.length === 0) return null;
  const as = { id: row.id, version: 0, ...given } as Row;
  return (
    <section aria-label={t('approvals:input')}>
      <dl className="facts">
        {plain.map((i) => (
          <div key={i.name} className="fact">
            <dt>{i.label}</dt>
            <dd>
              <Value field={inputField(subject, i)} row={as} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Changed {
  id: string;
  field: Field;
  was: Row;
  now: Row;
}

// changesOf is what the document was before all that happens to it, and what it is then.
function changesOf(tree: Tree, row: Row, subject: Entity): Changed[] {
  const was: Record<string, unknown> = {};
  const now: Record<string, unknown> = {};
  const denied = new Set<string>();
  for (const e of effectsOf(tree)) {
    if (e.record !== row.record_id || !e.was) continue;
    for (const n of Object.keys(e.values ?? {})) if (!(n in was)) was[n] = e.was[n];
    Object.assign(now, e.values);
    for (const n of e._denied ?? []) denied.add(n);
  }
  const as = (values: Record<string, unknown>) =>
    ({ ...values, id: String(row.record_id), version: 0, _denied: [...denied] }) as Row;
  return subject.fields
    .filter(
      (f) => f.name in now && !system.has(f.name) && f.kind !== 'json' && String(was[f.name] ?? '') !== String(now[f.name] ?? ''),
    )
    .map((field) => ({ id: field.name, field, was: as(was), now: as(now) }));
}

function Changes({ row, subject, tree }: { row: Row; subject: Entity; tree: Tree }) {
  const { t } = useTranslation();
  const list = changesOf(tree, row, subject);
  if (list.length === 0) return null;
  return (
    <Sheet
      label={t('approvals:changes')}
      columns={[
        { key: 'field', label: t('approvals:changes') },
        { key: 'was', label: t('approvals:before') },
        { key: 'now', label: t('approvals:after') },
      ]}
      rows={list}
      cell={(key, c) => (key === 'field' ? c.field.label : <Value field={c.field} row={key === 'was' ? c.was : c.now} />)}
    />
  );
}
