import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { mayEdit } from '@/meta/access';
import { fieldOf } from '@/meta/meta';
import { today } from '@/ui/format';
import { Empty } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { Calendar } from './Calendar';
import type { ViewProps } from './feature';
import { weeksOf } from './month';
import { useBeside } from './RecordDrawer';
import { useEdit } from './useEdit';
import { dateFields } from './views';

const most = 500; // records of a month

// CalendarView is the calendar of any entity by one of its dates. A date that may be written is moved by dragging, with undo.
export default function CalendarView({ entity, filters, by }: ViewProps & { by?: string }) {
  const { t } = useTranslation();
  const [month, setMonth] = useState(() => today().slice(0, 7));
  const dates = dateFields(entity);
  const [chosen, setChosen] = useState(by);
  const field = fieldOf(entity, chosen) ?? dates[0];
  const weeks = weeksOf(month);
  const name = field?.name ?? '';
  const { sort: _sort, ...rest } = filters;
  const list = useList(
    entity.path,
    { ...rest, [`${name}[gte]`]: weeks[0]?.[0], [`${name}[lte]`]: weeks.at(-1)?.[6], sort: name, limit: most, count: true },
    !!field,
  );
  const rows = list.data?.data ?? [];
  const edit = useEdit(entity);
  const beside = useBeside(entity, rows);
  if (!field) return <Empty title={t('calendar.no_field')} />;
  if (list.isError && rows.length === 0) return <Empty title={list.error.message} />;
  const movable = rows.some((r) => mayEdit(field, r));
  return (
    <>
      <Calendar
        entity={entity}
        rows={rows}
        field={field.name}
        month={month}
        onMonth={setMonth}
        onOpen={beside.open}
        beside={
          dates.length > 1 && (
            <div className="view-by">
              <Select
                size="small"
                aria-label={t('calendar.by')}
                value={field.name}
                onChange={(v) => setChosen(String(v))}
                options={dates.map((f) => ({ value: f.name, label: f.label }))}
              />
            </div>
          )
        }
        notice={
          (list.data?.total ?? 0) > rows.length && (
            <p className="notice tone-amber calendar-notice" role="status">
              <span>{t('calendar.full', { n: rows.length, total: list.data?.total?.toLocaleString('en-US') })}</span>
              <Button size="small" onClick={() => dispatchEvent(new KeyboardEvent('keydown', { key: 'f' }))}>
                {t('calendar.narrow')}
              </Button>
            </p>
          )
        }
        onMove={movable ? (r, date) => edit(r, field, date) : undefined}
      />
      {beside.drawer}
    </>
  );
}
