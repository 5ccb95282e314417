// Line is one line of a statement; events is where the facts behind it are.
export interface Line {
  id?: string;
  meter: string;
  label: string;
  unit: string;
  module: string;
  module_label: string;
  first_day: string;
  last_day: string;
  used: string;
  quantity: string;
  price: string;
  amount: string;
  events: string | null;
}

export interface Statement {
  currency: string;
  first_day: string;
  last_day: string;
  lines: Line[];
  subtotal: string;
  discount: string;
  tax_percent: string;
  tax: string;
  total: string;
}

export interface Invoice extends Statement {
  id: string;
  no: string;
  kind: 'invoice' | 'credit_note';
  state: 'open' | 'paid' | 'uncollectible' | 'void';
  issued_at: string;
  due_on: string;
  pay_url: string | null;
}

export type LifeState = 'trial' | 'active' | 'past_due' | 'read_only' | 'suspended' | 'closing' | 'closed';

export interface Account {
  state: LifeState;
  cause: string;
  since: string;
  trial_ends_at: string;
  plan: string;
  currency: string;
  collect: 'none' | 'provider' | 'invoice';
  name: string;
  email: string;
  tax_id: string;
  budget: string | null;
  cap: boolean;
  provider: boolean;
  edition: 'saas' | 'private';
  banner: { level: string; text: string } | null;
  consent_until: string | null;
  discount_percent: string;
  discount_until: string | null;
  operator_acts: { at: string; operator: string; what: string }[];
  licence?: {
    licence: { company: string; modules: string[]; seats: number; expires: string; support_until: string } | null;
    seats_used: number;
    days_left: number;
    problem: string;
  };
}

export interface Usage {
  month: string;
  currency: string;
  state: LifeState;
  today: string;
  to_date: Statement;
  forecast: Statement;
  budget: string | null;
  used: { day: string; meter: string; label: string; module: string; quantity: string }[];
}

export interface Company extends Account {
  id: string;
  company: string;
  modules: string[];
  open: string;
  last_invoice: { amount: string; currency: string } | null;
}

export const tones = {
  trial: 'blue',
  active: 'green',
  past_due: 'amber',
  read_only: 'red',
  suspended: 'red',
  closing: 'red',
  closed: 'gray',
} as const;

export interface Tier {
  up_to: string | null;
  price: string;
}

// List is the prices in one currency.
export interface List {
  minimum: string;
  tax_percent: string;
  items: { meter: string; module?: string; every: string; monthly: boolean; included: string; tiers: Tier[] }[];
}

// Book is a version of the prices, by currency.
export interface Book {
  version: number;
  valid_from: string;
  note: string;
  prices: Record<string, List>;
}

export interface Books {
  data: Book[];
  meters: { name: string; label: string }[];
  modules: { name: string; label: string }[];
}
