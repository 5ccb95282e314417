import { stateOf } from './meta';
import type { Action, Entity, Field, Row } from './types';
import { isDenied } from './Value';

// What may be done with a record. The server decides; this only keeps from offering what it would refuse.

export const mayEdit = (field: Field, row?: Row) =>
  field.edit &&
  !field.computed &&
  !(row && field.immutable) &&
  !isDenied(row, field.name) &&
  field.kind !== 'json' &&
  field.kind !== 'bytes';

// actionsFor lists the actions that a record's state allows.
export const actionsFor = (e: Entity, row: Row): Action[] => {
  const now = stateOf(e, row);
  return (e.actions ?? []).filter((a) => !a.from?.length || !now || a.from.includes(now));
};

const drafts = new Set(['draft', 'open', 'planned', 'new']);

// mayDelete: drafts only, posted documents never.
export const mayDelete = (e: Entity, row: Row) => {
  const now = stateOf(e, row);
  return e.delete && (now === undefined || drafts.has(now));
};
