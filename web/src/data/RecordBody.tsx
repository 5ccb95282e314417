import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Skeleton, Tabs } from '@/ui/parts';
import { Attachments } from './Attachments';
import { Chain } from './Chain';
import { Details } from './Details';
import { all, type RecordPart } from './feature';
import { Lines } from './Lines';
import { Related } from './Related';
import { Timeline } from './Timeline';
import './record.css';

export interface RecordBodyProps {
  entity: Entity;
  row: Row;
  tab: string | undefined;
  onTab: (key: string) => void;
}

// RecordBody is what a record's page and the drawer beside a list show of it: where it stands in its chain, what modules add, its fields, what belongs to it, what happened.
export function RecordBody({ entity, row, tab, onTab }: RecordBodyProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const me = useMe();
  const parts = all('parts').filter((p) => p.entity === entity.name && (!p.shows || (me && p.shows(me))));
  const lines = entity.lines ?? [];
  const related = meta.pointing(entity).length > 0;
  const tabs = parts.filter((p) => p.label);
  const tab_ = (p: RecordPart) => ({ key: p.key, label: t(p.label ?? '') });
  const items = [
    ...tabs.filter((p) => p.first).map(tab_),
    { key: 'details', label: t('record.details') },
    ...tabs.filter((p) => !p.first).map(tab_),
    ...(related ? [{ key: 'related', label: t('record.related') }] : []),
    ...(meta.named('attachment') ? [{ key: 'files', label: t('files.title') }] : []),
    { key: 'history', label: t('record.history') },
  ];
  const now = items.some((i) => i.key === tab) ? (tab ?? 'details') : (items[0]?.key ?? 'details');
  const part = parts.find((p) => p.label && p.key === now);
  return (
    <div className="record">
      <Chain entity={entity} row={row} />
      {parts
        .filter((p) => !p.label)
        .map((p) => (
          <Part key={p.key} part={p} entity={entity} row={row} />
        ))}
      <div className="card record-card">
        <div className="record-tabs">
          <Tabs label={t('record.parts')} items={items} value={now} onChange={onTab} />
        </div>
        <div role="tabpanel" aria-label={String(items.find((i) => i.key === now)?.label)}>
          {now === 'details' && <Details entity={entity} row={row} />}
          {now === 'related' && <Related entity={entity} row={row} />}
          {now === 'files' && <Attachments entity={entity} row={row} />}
          {now === 'history' && <Timeline entity={entity} row={row} />}
          {part && <Part part={part} entity={entity} row={row} />}
        </div>
      </div>
      {now === 'details' && lines.map((l) => <Lines key={l.name} lines={l} row={row} />)}
    </div>
  );
}

function Part({ part, entity, row }: { part: RecordPart; entity: Entity; row: Row }) {
  const Loaded = useMemo(() => lazy(part.load), [part]);
  return (
    <Suspense fallback={<Skeleton rows={part.rows?.(row) ?? 3} />}>
      <Loaded entity={entity} row={row} />
    </Suspense>
  );
}
