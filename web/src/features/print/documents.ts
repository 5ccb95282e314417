// Document says how a document of the business looks on paper; the words are those of its language.
export interface Document {
  entity: string;
  title: string; // key of a text
  party: { field: string; path: string; label: string };
  facts: [field: string, label: string][]; // dates, terms, numbers of others
  priced: boolean;
  lineTotal: string; // the field of a line's amount
  bank?: boolean; // where the money is to be sent
  signs: string[]; // who signs
  notes: string[]; // fields with longer texts
}

const customer = { field: 'customer_id', path: 'crm/customers', label: 'customer' };
const vendor = { field: 'vendor_id', path: 'purchasing/vendors', label: 'vendor' };

// What may be printed, by the path of its records.
export const documents: Record<string, Document> = {
  'sales/quotations': {
    entity: 'sales.quotation',
    title: 'quotation',
    party: customer,
    facts: [
      ['date', 'date'],
      ['valid_until', 'valid_until'],
      ['requested_date', 'requested_date'],
      ['payment_term_id', 'payment_term'],
      ['currency', 'currency'],
    ],
    priced: true,
    lineTotal: 'total_amount',
    signs: ['supplier_sign', 'customer_sign'],
    notes: ['delivery_address', 'terms'],
  },
  'sales/orders': {
    entity: 'sales.order',
    title: 'order',
    party: customer,
    facts: [
      ['order_date', 'date'],
      ['customer_ref', 'customer_ref'],
      ['requested_date', 'requested_date'],
      ['promised_date', 'promised_date'],
      ['payment_term_id', 'payment_term'],
      ['currency', 'currency'],
    ],
    priced: true,
    lineTotal: 'total_amount',
    signs: ['supplier_sign', 'customer_sign'],
    notes: ['delivery_address', 'terms', 'note'],
  },
  'inventory/deliveries': {
    entity: 'inventory.delivery',
    title: 'delivery',
    party: customer,
    facts: [
      ['shipped_on', 'shipped_on'],
      ['requested_date', 'requested_date'],
      ['order_no', 'order_no'],
    ],
    priced: false,
    lineTotal: '',
    signs: ['shipped_sign', 'carrier_sign', 'received_sign'],
    notes: ['delivery_address'],
  },
  'finance/invoices': {
    entity: 'finance.invoice',
    title: 'invoice',
    party: customer,
    facts: [
      ['date', 'date'],
      ['due_date', 'due_date'],
      ['order_no', 'order_no'],
      ['payment_term_id', 'payment_term'],
      ['currency', 'currency'],
    ],
    priced: true,
    lineTotal: 'total_amount',
    bank: true,
    signs: ['issued_sign', 'checked_sign'],
    notes: ['memo'],
  },
  'purchasing/orders': {
    entity: 'purchasing.order',
    title: 'purchase_order',
    party: vendor,
    facts: [
      ['order_date', 'date'],
      ['vendor_reference', 'vendor_reference'],
      ['payment_term_id', 'payment_term'],
      ['currency', 'currency'],
    ],
    priced: true,
    lineTotal: 'amount',
    signs: ['buyer_sign', 'vendor_sign'],
    notes: ['note'],
  },
};

export const printable = (path: string) => documents[path];
