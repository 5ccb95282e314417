import { ChevronRight, Rows3 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Params, usePages, useTotals } from '@/api/records';
import { useWindow } from '@/api/window';
import { typeOf } from '@/meta/kinds';
import { fieldOf, raw, system } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { money } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Pop } from '@/ui/Pop';
import { Empty, Skeleton } from '@/ui/parts';
import { type Bunch, bunches } from './bunches';
import { Cards } from './Cards';
import { DataGrid } from './DataGrid';
import './grouped.css';

// groupFields are those whose values many records share.
export const groupFields = (e: Entity): Field[] =>
  e.fields.filter(
    (f) =>
      f.filter &&
      !raw(f) &&
      (!system.has(f.name) || f.name === 'created_by') &&
      (f.options?.length || f.ref || f.kind === 'bool' || f.kind === 'date'),
  );

// GroupBy chooses the field that a table is grouped by.
export function GroupBy({ entity, value, onChange }: { entity: Entity; value?: string; onChange: (by?: string) => void }) {
  const { t } = useTranslation();
  const fields = groupFields(entity);
  if (fields.length === 0) return null;
  const now = fieldOf(entity, value);
  const choose = (by: string | undefined, close: () => void) => {
    onChange(by);
    close();
  };
  return (
    <Pop
      label={t('grouped.by')}
      width={220}
      trigger={(open, toggle) => (
        <button type="button" className="tool" aria-expanded={open} aria-pressed={!!now} onClick={toggle}>
          <Rows3 size={14} aria-hidden="true" />
          {now ? t('grouped.now', { field: now.label }) : t('grouped.by')}
        </button>
      )}
    >
      {(close) => (
        <>
          {value && (
            <button type="button" className="item" onClick={() => choose(undefined, close)}>
              {t('grouped.none')}
            </button>
          )}
          {fields.map((f) => (
            <button
              key={f.name}
              type="button"
              className="item"
              aria-pressed={f.name === value}
              onClick={() => choose(f.name, close)}
            >
              {f.label}
            </button>
          ))}
        </>
      )}
    </Pop>
  );
}

interface GroupedProps {
  entity: Entity;
  by: Field;
  columns: Field[];
  ask: Params;
  onOpen: (r: Row) => void;
  onEdit: (row: Row, field: Field, value: unknown) => void;
}

const summable = new Set(['amount', 'quantity', 'int']);

// Grouped shows a list by the values of one field: how many records each has, what they add up to, and, opened, the records themselves.
export function Grouped({ entity, by, columns, ask, onOpen, onEdit }: GroupedProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const sums = useMemo(() => columns.filter((f) => f.total && summable.has(f.kind)).slice(0, 3), [columns]);
  const { sort: _sort, ...matching } = ask;
  const totals = useTotals(entity.path, { ...matching, by: by.name, sum: sums.map((f) => f.name).join(',') || undefined });
  const groups = useMemo(() => bunches(totals.data?.data ?? [], by.name), [totals.data, by.name]);
  if (totals.isError && !totals.data) return <Empty title={totals.error.message} />;
  if (totals.isPending) return <Skeleton rows={8} />;
  if (groups.length === 0) return <Empty title={t('list.none_match')} />;
  const flip = (key: string) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  return (
    <div className="grouped">
      {groups.map((g) => (
        <section key={g.key} className="grouped-one">
          <button type="button" className="grouped-head" aria-expanded={open.has(g.key)} onClick={() => flip(g.key)}>
            <ChevronRight size={15} aria-hidden="true" />
            <b className="clip">
              <Name by={by} group={g} />
            </b>
            <span className="muted">{t('grouped.count', { n: g.count.toLocaleString('en-US') })}</span>
            <span className="grow" />
            {sums.map((f) => (
              <span key={f.name} className="grouped-sum">
                <span className="muted">{f.label}</span>
                {(g.sums[f.name] ?? []).map((s) => (
                  <span key={s.currency ?? ''} className="num">
                    {f.kind === 'amount' ? money(s.value, s.currency) : group(s.value)}
                  </span>
                ))}
              </span>
            ))}
          </button>
          {open.has(g.key) && (
            <Members entity={entity} columns={columns} ask={{ ...ask, ...g.filter }} onOpen={onOpen} onEdit={onEdit} />
          )}
        </section>
      ))}
      {totals.data?.more && <p className="muted grouped-note">{t('grouped.more', { n: groups.length })}</p>}
    </div>
  );
}

function Name({ by, group }: { by: Field; group: Bunch }) {
  const { t } = useTranslation();
  const { Cell } = typeOf(by);
  return group.value === null || group.value === '' ? t('grouped.blank') : <Cell field={by} value={group.value} />;
}

const most = 12;

// Members are the records of one group, read as one scrolls.
function Members({ entity, columns, ask, onOpen, onEdit }: Omit<GroupedProps, 'by'>) {
  const narrow = useNarrow();
  const pages = usePages(entity.path, ask, narrow);
  const list = useWindow(entity.path, ask, !narrow);
  if ((narrow ? pages : list).isPending) return <Skeleton rows={3} />;
  if (narrow) return <Cards entity={entity} columns={columns} rows={pages.rows} onOpen={onOpen} onEnd={pages.more} />;
  return (
    <div className="grouped-rows" style={{ height: 36 + Math.min(most, list.rows.length) * 36 }}>
      <DataGrid
        entity={entity}
        columns={columns}
        rows={list.rows}
        label={entity.label}
        onOpen={onOpen}
        onEdit={onEdit}
        onShow={list.show}
      />
    </div>
  );
}
