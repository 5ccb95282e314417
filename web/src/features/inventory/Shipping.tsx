import { Scanner } from './Scanner';

const way = {
  entity: 'inventory.delivery',
  action: 'ship',
  open: 'ready,waiting',
  date: 'requested_date',
  order: 'order_no',
  party: 'customer_id',
  partyOf: 'crm.customer',
  names: false,
};

// Shipping sends out what is ready for customers.
export default function Shipping() {
  return <Scanner way={way} />;
}
