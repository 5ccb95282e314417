import { Scanner } from './Scanner';

const way = {
  entity: 'inventory.receipt',
  action: 'receive',
  open: 'waiting',
  date: 'expected_date',
  order: 'purchase_order_no',
  party: 'vendor_id',
  partyOf: 'purchasing.vendor',
  names: true,
};

// Receiving takes in what vendors bring.
export default function Receiving() {
  return <Scanner way={way} />;
}
