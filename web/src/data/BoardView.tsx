import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mayEdit } from '@/meta/access';
import { fieldOf } from '@/meta/meta';
import type { Action, Field, Row } from '@/meta/types';
import { Empty, Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { Doing } from './ActionBar';
import { type BoardColumn, boardField, stacksOf, useBoard, useColumns, useLeading } from './board';
import type { ViewProps } from './feature';
import { Kanban } from './Kanban';
import { useBeside } from './RecordDrawer';
import { useEdit } from './useEdit';

const sumField = (fields: Field[]) => fields.find((f) => f.kind === 'amount' && f.total && f.list)?.name;

// BoardView is the board of any entity by its state or first choice. Where the field may be written a move writes it, with undo;
// where it follows from actions, the action that leads there is asked for.
export default function BoardView({ entity, filters, by }: ViewProps & { by?: string }) {
  const { t } = useTranslation();
  const field = fieldOf(entity, by) ?? boardField(entity);
  const { [field?.name ?? '']: _own, ...rest } = filters;
  const columns = useColumns(field);
  const sum = sumField(entity.fields);
  const { rows, totals, pending, error, more } = useBoard(entity, field, rest, columns, { sum });
  const edit = useEdit(entity);
  const leading = useLeading(entity);
  const [doing, setDoing] = useState<{ row: Row; action: Action }>();
  const beside = useBeside(entity, rows);
  if (!field) return <Empty title={t('board.no_field')} />;
  if (error && rows.length === 0) return <Empty title={error.message} />;
  if (pending && rows.length === 0) return <Skeleton rows={10} />;
  const move = async (row: Row, to: BoardColumn) => {
    if (mayEdit(field, row)) return edit(row, field, to.value);
    const action = await leading(row, field, to.value);
    if (action) setDoing({ row, action });
    else say.warning(t('board.no_way', { column: to.label }));
  };
  return (
    <>
      <Kanban
        entity={entity}
        label={entity.label}
        stacks={stacksOf(columns, rows, field.name, totals, sum)}
        onMove={(row, to) => void move(row, to)}
        onOpen={beside.open}
        onMore={more}
      />
      {doing && <Doing entity={entity} {...doing} onClose={() => setDoing(undefined)} />}
      {beside.drawer}
    </>
  );
}
