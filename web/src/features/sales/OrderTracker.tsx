import type { RecordProps } from '@/data/feature';
import { Tracker } from '@/data/Tracker';

// OrderTracker follows an order from the moment that it was sent for confirmation.
export default function OrderTracker({ entity, row }: RecordProps) {
  if (row.status === 'draft' || row.status === 'cancelled') return null;
  return <Tracker entity={entity} row={row} total="total_amount" />;
}
