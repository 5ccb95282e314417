import { useList } from '@/api/records';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { add } from '@/ui/decimal';
import { today } from '@/ui/format';

export interface Credit {
  limit: string | undefined; // undefined: not to be seen
  open: string | undefined; // expected of orders and not paid
  overdue: string | undefined; // of it invoiced and past its date
}

const sum = (rows: Row[] | undefined, field: string) => rows && add(...rows.map((r) => String(r[field] ?? '0')));

// useCredit is how much of a customer's credit is used, as far as one may see it.
export function useCredit(customer: Row | undefined): Credit {
  const meta = useMeta();
  const receivables = meta.named('finance.receivable');
  const invoices = meta.named('finance.invoice');
  const open = useList(
    'finance/receivables',
    { customer_id: customer?.id, limit: 500 },
    !!customer && !!receivables && !!fieldOf(receivables, 'open_amount'),
  );
  const due = useList(
    'finance/invoices',
    { customer_id: customer?.id, 'status[in]': 'posted,partial', 'due_date[lt]': today(), limit: 500 },
    !!customer && !!invoices && !!fieldOf(invoices, 'residual_amount'),
  );
  return {
    limit: typeof customer?.credit_limit === 'string' ? customer.credit_limit : undefined,
    open: sum(open.data?.data, 'open_amount'),
    overdue: sum(due.data?.data, 'residual_amount'),
  };
}
