import { useTranslation } from 'react-i18next';
import { useGrowing } from '@/api/records';
import { typeOf } from '@/meta/kinds';
import { columnsOf, titleOf } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Empty, Skeleton } from '@/ui/parts';
import type { ViewProps } from './feature';
import { More } from './More';
import { useBeside } from './RecordDrawer';
import { TreeGrid } from './TreeGrid';

// TreeView shows the records of an entity below those that they belong to.
export default function TreeView({ entity, filters }: ViewProps) {
  const { t } = useTranslation();
  const list = useGrowing(entity.path, { sort: entity.title ?? 'id', ...filters }, 500);
  const { rows } = list;
  const beside = useBeside(entity, rows);
  if (list.isError && rows.length === 0) return <Empty title={list.error.message} />;
  if (list.isPending) return <Skeleton rows={12} />;
  if (rows.length === 0) return <Empty title={t('list.none', { what: entity.plural ?? entity.label })} />;
  const here = new Set(rows.map((r) => r.id));
  const below = new Map<string, Row[]>();
  for (const r of rows) {
    const over = typeof r.parent_id === 'string' && here.has(r.parent_id) ? r.parent_id : '';
    below.set(over, [...(below.get(over) ?? []), r]);
  }
  const columns = columnsOf(entity).filter((f) => f.name !== 'parent_id');
  return (
    <div className="tree-view">
      <TreeGrid
        label={entity.label}
        columns={columns.map((f) => ({
          key: f.name,
          label: f.label,
          end: typeOf(f).end && !f.ref,
          cell: (r: Row) => (f.name === entity.title ? <span>{titleOf(entity, r)}</span> : <Value field={f} row={r} />),
        }))}
        roots={below.get('') ?? []}
        id={(r) => r.id}
        below={(r) => below.get(r.id) ?? []}
        onOpen={beside.open}
      />
      <More list={list} />
      {beside.drawer}
    </div>
  );
}
