import { useEffect, useRef } from 'react';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';

// Cards is a list on a phone: what the columns of a grid would show, below each other. Records that are called nothing go by their first column.
export function Cards({
  entity,
  columns,
  rows,
  onOpen,
  onEnd,
}: {
  entity: Entity;
  columns: Field[];
  rows: Row[];
  onOpen: (r: Row) => void;
  onEnd: () => void;
}) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const o = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && onEnd(), { rootMargin: '400px' });
    o.observe(end.current);
    return () => o.disconnect();
  }, [onEnd]);
  const state = fieldOf(entity, entity.state);
  const lead = entity.title ? undefined : columns.find((f) => f.name !== entity.state);
  const rest = columns.filter((f) => f.name !== entity.title && f.name !== entity.state && f !== lead).slice(0, 5);
  return (
    <div className="cards">
      {rows.map((r) => (
        <a
          key={r.id}
          className="row-card"
          href={`/${entity.path}/${r.id}`}
          onClick={(e) => {
            e.preventDefault();
            onOpen(r);
          }}
        >
          <span className="row-top">
            <span className="clip">{lead && r[lead.name] ? <Value field={lead} row={r} /> : titleOf(entity, r)}</span>
            {state && <Value field={state} row={r} />}
          </span>
          <span className="row-more">
            {rest.map((f) =>
              r[f.name] === null || r[f.name] === '' ? null : (
                <span key={f.name}>
                  <span className="muted">{f.label}</span>
                  <Value field={f} row={r} />
                </span>
              ),
            )}
          </span>
        </a>
      ))}
      <div ref={end} />
    </div>
  );
}
