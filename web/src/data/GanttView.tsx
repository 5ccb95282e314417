import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { useChange, useGrowing } from '@/api/records';
import { mayEdit } from '@/meta/access';
import { tone } from '@/meta/kinds/option';
import { fieldOf, stateOf, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { Empty, Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import type { ViewProps } from './feature';
import { Gantt } from './Gantt';
import { More } from './More';
import { useBeside } from './RecordDrawer';
import type { GanttBar } from './schedule';
import { nested, spanFields } from './views';

const texts = (v: unknown) => (Array.isArray(v) ? v.map(String) : undefined);

// barsOf turns records with a start and an end into bars, those below others after them.
function barsOf(entity: Entity, rows: Row[], start: string, end: string): GanttBar[] {
  const about = entity.fields.find((f) => f.ref && f.ref !== 'user' && f.list && f.name !== entity.title);
  return nested(rows).map(({ row: r, level }) => {
    const state = stateOf(entity, r);
    const text = (name: string) => (typeof r[name] === 'string' && r[name] ? String(r[name]) : undefined);
    return {
      id: r.id,
      title: titleOf(entity, r),
      about: about && level === 0 ? <Value field={about} row={r} /> : undefined,
      start: text(start),
      end: text(end),
      level,
      needs: texts(r.depends_on),
      progress: state === 'done' ? 100 : typeof r.progress === 'string' ? Number(r.progress) : undefined,
      tone: state ? tone(state) : 'blue',
      still: ![start, end].every((n) => {
        const f = fieldOf(entity, n);
        return f && mayEdit(f, r);
      }),
    };
  });
}

// GanttView is the plan of any entity with a start and an end; dragging a bar writes both, with undo.
export default function GanttView({ entity, filters }: ViewProps) {
  const { t } = useTranslation();
  const span = spanFields(entity);
  const within = Object.keys(filters).some((k) => k !== 'sort' && k !== 'q'); // of one project: in its order; else what is planned last comes first
  const sort = within && entity.fields.some((f) => f.name === 'sequence') ? 'sequence' : `-${span?.[0] ?? 'id'}`;
  const list = useGrowing(entity.path, { sort, ...filters }, 500);
  const { rows } = list;
  const change = useChange(entity);
  const beside = useBeside(entity, rows);
  if (!span || (list.isError && rows.length === 0)) return <Empty title={list.error?.message ?? t('calendar.no_field')} />;
  if (list.isPending) return <Skeleton rows={12} />;
  const [start, end] = span;
  const bars = barsOf(entity, rows, start, end);
  const put = async (row: Row, values: Record<string, unknown>, undoable: boolean): Promise<void> => {
    try {
      const saved = await change.mutateAsync({ id: row.id, version: row.version, values });
      if (!undoable) return;
      const undo = () => {
        say.hush('edit');
        void put(saved, { [start]: row[start] ?? null, [end]: row[end] ?? null }, false);
      };
      const content = (
        <>
          {t('saved')}
          <Button type="link" size="small" onClick={undo}>
            {t('undo')}
          </Button>
        </>
      );
      say.success(content, { key: 'edit', duration: 5 });
    } catch (e) {
      say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
    }
  };
  const of = (b: GanttBar) => rows.find((r) => r.id === b.id);
  return (
    <>
      <Gantt
        bars={bars}
        label={entity.label}
        onOpen={(b) => {
          const row = of(b);
          if (row) beside.open(row);
        }}
        onMove={
          bars.some((b) => !b.still)
            ? (b, from, to) => {
                const row = of(b);
                if (row) void put(row, { [start]: from, [end]: to }, true);
              }
            : undefined
        }
      />
      <More list={list} />
      {beside.drawer}
    </>
  );
}
