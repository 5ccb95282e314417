import type { RecordProps } from '@/data/feature';
import { Tracker } from '@/data/Tracker';

// DealTracker follows what a won deal made happen; before that there is nothing to follow.
export default function DealTracker({ entity, row }: RecordProps) {
  if (!row.order_id) return null;
  return <Tracker entity={entity} row={row} total="expected_amount" />;
}
