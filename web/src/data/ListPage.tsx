import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Download, Inbox, PanelRight, Plus, SearchX, Table2, Upload } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { url } from '@/api/http';
import { usePages } from '@/api/records';
import { useWindow } from '@/api/window';
import { fieldOf } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { useGo } from '@/ui/go';
import { composing, useHotkeys } from '@/ui/hotkeys';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Pop } from '@/ui/Pop';
import { Empty, Skeleton } from '@/ui/parts';
import { remember, remembered } from '@/ui/settings';
import { say } from '@/ui/talk';
import { BulkBar } from './BulkBar';
import { Cards } from './Cards';
import { Columns, columnsFor } from './Columns';
import { DataGrid } from './DataGrid';
import { fillable } from './draft';
import { FilterBar } from './FilterBar';
import type { ListView } from './feature';
import { GroupBy, Grouped } from './Grouped';
import { askOf, nextSort, orderOf, useListState } from './query';
import { useBeside } from './RecordDrawer';
import { useEdit } from './useEdit';
import { ViewTabs } from './ViewTabs';
import { viewsOf } from './views';

// ListPage lists the records of any entity: what it shows is in the address.
export function ListPage({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const go = useGo();
  const narrow = useNarrow();
  const [state, set] = useListState();
  const ask = { ...orderOf(entity), ...askOf(state) };
  const { sort: _sort, ...matching } = ask;
  const by = fieldOf(entity, state.by);
  const views = useMemo(() => viewsOf(entity), [entity]);
  const view = views.find((v) => v.key === state.as);
  const columns = useMemo(() => columnsFor(entity, state.cols), [entity, state.cols]);
  const pages = usePages(entity.path, ask, narrow);
  const list = useWindow(entity.path, ask, !narrow);
  const read = narrow ? pages : list;
  const rows = narrow ? pages.rows : list.loaded;
  const { total } = read;
  const [chosen, setChosen] = useState<Map<string, Row>>(new Map());
  const selected = useMemo(() => new Set(chosen.keys()), [chosen]);
  const loaded = useMemo(() => new Map(rows.map((r) => [r.id, r])), [rows]);
  const select = (ids: Set<string>) =>
    setChosen(
      (before) =>
        new Map([...ids].map((id) => [id, loaded.get(id) ?? before.get(id)] as const).filter((x): x is [string, Row] => !!x[1])),
    );
  const edit = useEdit(entity);
  const beside = useBeside(entity, rows);
  const [peek, setPeek] = useState(() => remembered('beside', false));
  const { open: openBeside } = beside;
  const open = useCallback(
    (r: Row) => (peek ? openBeside(r) : go(`/${entity.path}/${r.id}`)),
    [go, entity.path, peek, openBeside],
  );
  const create = () => go(`/${entity.path}/new`);
  const creates = fillable(entity);
  useHotkeys({ c: () => creates && create() });
  const filtered = state.filters.length > 0 || state.group !== '' || state.q !== '';
  return (
    <Page
      title={entity.plural ?? entity.label}
      beside={total !== undefined && <span className="muted">{t('list.count', { n: total.toLocaleString('en-US') })}</span>}
      actions={
        <>
          {views.length > 0 && <Switch views={views} short={narrow} value={state.as} onChange={(as) => set({ as })} />}
          {entity.import && !narrow && <Import entity={entity} />}
          {entity.export && !narrow && <Export entity={entity} ask={ask} columns={columns} />}
          {creates && (
            <Button type="primary" icon={<Plus size={15} />} onClick={create}>
              {t('create')}
            </Button>
          )}
        </>
      }
      toolbar={
        <>
          <ViewTabs entity={entity} state={state} onChange={set} />
          <span className="grow" />
          <FilterBar
            entity={entity}
            filters={state.filters}
            group={state.group}
            onChange={(filters) => set({ filters })}
            onGroup={(group) => set({ group })}
          />
          <Quick value={state.q} onChange={(q) => set({ q })} />
          {!narrow && !view && (
            <button
              type="button"
              className="tool"
              aria-pressed={peek}
              title={t('beside.hint')}
              onClick={() => {
                remember('beside', !peek);
                setPeek(!peek);
              }}
            >
              <PanelRight size={14} aria-hidden="true" />
              {t('beside.switch')}
            </button>
          )}
          {!view && <GroupBy entity={entity} value={state.by} onChange={(by) => set({ by })} />}
          {!narrow && <Columns entity={entity} value={columns.map((c) => c.name)} onChange={(cols) => set({ cols })} />}
        </>
      }
    >
      {view ? (
        <Other view={view} entity={entity} filters={ask} />
      ) : read.isPending ? (
        <Skeleton rows={14} />
      ) : read.isError && rows.length === 0 ? (
        <Trouble
          error={read.error}
          retry={() => void read.refetch()}
          clear={filtered ? () => set({ filters: [], group: '', q: '', view: undefined }) : undefined}
        />
      ) : rows.length === 0 ? (
        filtered ? (
          <Empty
            icon={SearchX}
            title={t('list.none_match')}
            action={<Button onClick={() => set({ filters: [], group: '', q: '', view: undefined })}>{t('list.clear')}</Button>}
          />
        ) : (
          <Empty
            icon={Inbox}
            title={t('list.none', { what: entity.plural ?? entity.label })}
            action={
              creates && (
                <Button type="primary" onClick={create}>
                  {t('create')}
                </Button>
              )
            }
          >
            {creates ? t('list.none_hint') : t('list.none_made')}
          </Empty>
        )
      ) : by ? (
        <Grouped key={by.name} entity={entity} by={by} columns={columns} ask={ask} onOpen={open} onEdit={edit} />
      ) : narrow ? (
        <Cards entity={entity} columns={columns} rows={rows} onOpen={open} onEnd={pages.more} />
      ) : (
        <DataGrid
          entity={entity}
          columns={columns}
          rows={list.rows}
          of={JSON.stringify(ask)}
          label={entity.label}
          sort={state.sort}
          onSort={(f, add) => set({ sort: nextSort(state.sort, f, add) })}
          selected={selected}
          onSelect={select}
          onOpen={open}
          onEdit={edit}
          onShow={list.show}
        />
      )}
      {!view && beside.drawer}
      {selected.size > 0 && (
        <BulkBar
          entity={entity}
          rows={[...chosen.values()].map((r) => loaded.get(r.id) ?? r)}
          matching={total === undefined ? undefined : { filters: matching, total }}
          onLeft={(left) => setChosen(new Map(left.map((r) => [r.id, r])))}
          onClose={() => setChosen(new Map())}
        />
      )}
    </Page>
  );
}

function Switch({
  views,
  short,
  value,
  onChange,
}: {
  views: ListView[];
  short: boolean;
  value: string | undefined;
  onChange: (as: string | undefined) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="segments" role="group" aria-label={t('view.as')}>
      <button type="button" aria-pressed={!value} onClick={() => onChange(undefined)}>
        <Table2 size={14} aria-hidden="true" />
        <span className={short ? 'sr' : undefined}>{t('view.table')}</span>
      </button>
      {views.map((v) => (
        <button key={v.key} type="button" aria-pressed={value === v.key} onClick={() => onChange(v.key)}>
          <v.icon size={14} aria-hidden="true" />
          <span className={short ? 'sr' : undefined}>{t(v.label)}</span>
        </button>
      ))}
    </div>
  );
}

function Other({ view, entity, filters }: { view: ListView; entity: Entity; filters: Record<string, string> }) {
  const View = useMemo(() => lazy(view.load), [view]);
  return (
    <Suspense fallback={<Skeleton />}>
      <View entity={entity} filters={filters} />
    </Suspense>
  );
}

// Quick searches as one types, once the input method is done.
function Quick({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useHotkeys({ '/': () => input.current?.focus() });
  useEffect(() => {
    if (input.current && input.current !== document.activeElement) input.current.value = value;
  }, [value]);
  const later = (q: string, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(q), wait);
  };
  return (
    <input
      ref={input}
      className="input small quick"
      type="search"
      aria-label={t('list.search')}
      placeholder={t('list.search_slash')}
      defaultValue={value}
      onCompositionEnd={(e) => later(e.currentTarget.value.trim(), 0)}
      onChange={(e) => !composing(e as never) && later(e.target.value.trim(), 250)}
    />
  );
}

function Import({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  return (
    <Link className="tool" to={`/${entity.path}/import` as '/'}>
      <Upload size={14} aria-hidden="true" />
      {t('list.import')}
    </Link>
  );
}

function Export({ entity, ask, columns }: { entity: Entity; ask: Record<string, string>; columns: Field[] }) {
  const { t } = useTranslation();
  const fields = columns.map((c) => c.name).join(',');
  return (
    <Pop
      label={t('list.export')}
      trigger={(open, toggle) => (
        <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
          <Download size={14} aria-hidden="true" />
          {t('list.export')}
        </button>
      )}
    >
      {(close) =>
        (['xlsx', 'csv'] as const).map((format) => (
          <a
            key={format}
            className="item"
            href={url(`${entity.path}/export`, { ...ask, fields, format })}
            download
            onClick={() => {
              close();
              say.info(t('list.exporting'));
            }}
          >
            {t(`list.export_${format}`)}
          </a>
        ))
      }
    </Pop>
  );
}

function Trouble({ error, retry, clear }: { error: unknown; retry: () => void; clear?: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty
      title={error instanceof Error ? error.message : t('error.broken')}
      action={
        <>
          <Button onClick={retry}>{t('retry')}</Button>
          {clear && <Button onClick={clear}>{t('list.clear')}</Button>}
        </>
      }
    >
      {t('error.list_hint')}
    </Empty>
  );
}
