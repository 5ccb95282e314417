import { memo, useState } from 'react';
import { mayEdit } from '@/meta/access';
import { typeOf } from '@/meta/kinds';
import { titleOf } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { composing } from '@/ui/hotkeys';

interface CellProps {
  entity: Entity;
  field: Field;
  row: Row;
  place: string;
  width: number;
  left?: number;
  here: boolean;
  editing: boolean;
  onFocus: () => void;
  onBegin: () => void;
  onOpen?: (row: Row) => void;
  onDone: (value: unknown) => void; // undefined: leave it as it was
}

const same = (a: CellProps, b: CellProps) =>
  a.row === b.row &&
  a.field === b.field &&
  a.place === b.place &&
  a.width === b.width &&
  a.left === b.left &&
  !a.here &&
  !b.here &&
  a.editing === b.editing;

// Cell shows one value in a grid, or lets it be written in place.
export const Cell = memo(function Cell({
  entity,
  field,
  row,
  place,
  width,
  left,
  here,
  editing,
  onFocus,
  onBegin,
  onOpen,
  onDone,
}: CellProps) {
  const end = typeOf(field).end && !field.ref;
  const title = field.name === entity.title && onOpen;
  return (
    <div
      role="gridcell"
      data-at={place}
      tabIndex={here ? 0 : -1}
      aria-readonly={!mayEdit(field, row)}
      className={`grid-cell${left === undefined ? '' : ' pinned'}${end ? ' end' : ''}${editing ? ' editing' : ''}`}
      style={{ width, left }}
      onFocus={onFocus}
      onDoubleClick={onBegin}
    >
      {editing ? (
        <Editor field={field} row={row} onDone={onDone} />
      ) : title ? (
        <a
          href={`/${entity.path}/${row.id}`}
          tabIndex={-1}
          className="clip title"
          onClick={(e) => {
            if (e.metaKey || e.ctrlKey || e.shiftKey) return;
            e.preventDefault();
            onOpen(row);
          }}
        >
          {titleOf(entity, row)}
        </a>
      ) : (
        <Value field={field} row={row} />
      )}
    </div>
  );
}, same);

function Editor({ field, row, onDone }: { field: Field; row: Row; onDone: (value: unknown) => void }) {
  const type = typeOf(field);
  const [value, setValue] = useState(row[field.name]);
  const chooses = !!field.ref || !!field.options?.length || field.kind === 'date';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the editor inside
    <div
      className="editor"
      onKeyDown={(e) => {
        e.stopPropagation();
        if (composing(e)) return;
        if (e.key === 'Escape') onDone(undefined);
        else if (e.key === 'Enter' && !chooses) onDone(value);
      }}
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget) && !chooses) onDone(value);
      }}
    >
      <type.Input
        field={field}
        row={row}
        value={value}
        label={field.label}
        small
        autoFocus
        onChange={(next) => {
          setValue(next);
          if (chooses || field.kind === 'bool') onDone(next);
        }}
      />
    </div>
  );
}
