import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronDown, ChevronUp, Maximize2, X } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { useRecord } from '@/api/records';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { useNarrow } from '@/ui/media';
import { Empty, IconButton, Skeleton } from '@/ui/parts';
import { ActionBar } from './ActionBar';
import { RecordBody } from './RecordBody';
import './drawer.css';

export interface RecordDrawerProps {
  entity: Entity;
  id: string;
  onStep?: (by: 1 | -1) => void; // to the next or the one before; J and K
  onClose: () => void;
}

// RecordDrawer shows a record beside what it was opened from, which stays usable.
export function RecordDrawer({ entity, id, onStep, onClose }: RecordDrawerProps) {
  const { t } = useTranslation();
  const go = useGo();
  const head = useRef<HTMLHeadingElement>(null);
  const [tab, setTab] = useState('details');
  const { data: row, error } = useRecord(entity.path, id);
  const full = () => go(`/${entity.path}/${id}`);
  useHotkeys({ escape: onClose, j: () => onStep?.(1), k: () => onStep?.(-1), o: full });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever opens another record is led to it
  useEffect(() => head.current?.focus({ preventScroll: true }), [id, !row]);
  const state = fieldOf(entity, entity.state);
  const title = row ? titleOf(entity, row) : entity.label;
  return (
    <aside className="drawer" aria-label={t('beside.title', { title })}>
      <header>
        <div className="drawer-top">
          <span className="muted">{entity.label}</span>
          {row && state && <Value field={state} row={row} />}
          <span className="grow" />
          {onStep && (
            <>
              <IconButton icon={ChevronUp} label={t('beside.before')} onClick={() => onStep(-1)} />
              <IconButton icon={ChevronDown} label={t('beside.next')} onClick={() => onStep(1)} />
            </>
          )}
          <IconButton icon={Maximize2} label={t('beside.full')} onClick={full} />
          <IconButton icon={X} label={t('close')} onClick={onClose} />
        </div>
        <h2 ref={head} tabIndex={-1}>
          {title}
        </h2>
        {row && (
          <div className="drawer-actions">
            <ActionBar entity={entity} row={row} />
          </div>
        )}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="drawer-body" role="region" aria-label={title} tabIndex={0}>
        {row ? (
          <RecordBody key={id} entity={entity} row={row} tab={tab} onTab={setTab} />
        ) : error ? (
          <Empty title={isProblem(error) && error.status === 404 ? t('record.missing') : error.message} />
        ) : (
          <Skeleton rows={6} />
        )}
      </div>
    </aside>
  );
}

// useBeside opens records of a list beside it. Which one is open is in the address; a phone has no room for two and opens the record's page.
export function useBeside(entity: Entity, rows: Row[]): { open: (row: Row) => void; drawer: ReactNode } {
  const go = useGo();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const { open: id } = useSearch({ strict: false }) as { open?: string };
  const show = useCallback(
    (to: string | undefined) =>
      void navigate({ to: '.', search: (s: Record<string, unknown>) => ({ ...s, open: to }), replace: true } as never),
    [navigate],
  );
  const open = useCallback(
    (row: Row) => (narrow ? go(`/${entity.path}/${row.id}`) : show(row.id)),
    [narrow, go, entity.path, show],
  );
  const at = rows.findIndex((r) => r.id === id);
  const step = (by: 1 | -1) => {
    const next = rows[at + by];
    if (next) show(next.id);
  };
  const drawer =
    id && !narrow ? (
      <RecordDrawer entity={entity} id={id} onStep={at >= 0 ? step : undefined} onClose={() => show(undefined)} />
    ) : null;
  return { open, drawer };
}
