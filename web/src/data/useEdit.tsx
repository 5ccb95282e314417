import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem } from '@/api/problem';
import { useChange } from '@/api/records';
import type { Entity, Field, Row } from '@/meta/types';
import { say } from '@/ui/talk';
import { useConflict } from './Conflict';

// useEdit changes one field in place: at once on screen, with Undo, with a choice when someone else was faster.
export function useEdit(entity: Entity) {
  const { t } = useTranslation();
  const change = useChange(entity);
  const client = useQueryClient();
  const resolve = useConflict(entity);
  const put = async (row: Row, field: Field, value: unknown, undoable: boolean): Promise<void> => {
    const mine = { [field.name]: value };
    try {
      const saved = await change.mutateAsync({ id: row.id, version: row.version, values: mine });
      if (!undoable) return;
      const undo = () => {
        say.hush('edit');
        void put(saved, field, row[field.name] ?? null, false);
      };
      say.success(
        <>
          {t('saved')}
          <Button type="link" size="small" onClick={undo}>
            {t('undo')}
          </Button>
        </>,
        { key: 'edit', duration: 5 },
      );
    } catch (e) {
      if (isProblem(e) && e.conflict) {
        const theirs = await get<Row>(`${entity.path}/${row.id}`);
        const values = await resolve(row, theirs, mine);
        if (values && Object.keys(values).length) await change.mutateAsync({ id: row.id, version: theirs.version, values });
        else void client.invalidateQueries({ queryKey: ['list', entity.path] });
        return;
      }
      say.error(isProblem(e) ? (e.fields[0]?.detail ?? (e.offline ? t('offline.banner') : e.message)) : String(e));
    }
  };
  return (row: Row, field: Field, value: unknown) => void put(row, field, value, true);
}
