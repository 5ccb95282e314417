import { useList, useWhole } from '@/api/records';
import { fieldOf, type Meta, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { itemOf, type OpenItem } from './match';

const asks = { in: ['finance.invoice'], out: ['finance.bill', 'finance.credit_note'] } as const;
const kinds = { 'finance.invoice': 'invoice_id', 'finance.bill': 'bill_id', 'finance.credit_note': 'credit_note_id' } as const;
type Kind = keyof typeof kinds;

const partyOf = (p: Row) => (p.customer_id ? 'customer_id' : p.vendor_id ? 'vendor_id' : undefined);

function useOpen(meta: Meta, name: Kind, p: Row | undefined): OpenItem[] {
  const e = meta.named(name);
  const party = p && partyOf(p);
  const fits =
    !!e && !!p && !!party && !!fieldOf(e, party) && (asks[p.direction as 'in' | 'out'] as readonly string[]).includes(name);
  const params = {
    'residual_amount[gt]': '0',
    [party ?? 'id']: party && String(p?.[party]),
    'status[in]': 'posted,partial',
  };
  const { data } = useWhole(
    e?.path ?? '',
    name === 'finance.credit_note' ? { ...params, 'status[in]': undefined } : params,
    fits,
  );
  if (!fits || !e) return [];
  return (data?.data ?? []).filter((r) => r.currency === p.currency).map((r) => itemOf(kinds[name], e.path, r));
}

// useOpenItems are the documents that a payment may settle: of its party, in its currency, the oldest due first.
export function useOpenItems(payment: Row | undefined): OpenItem[] {
  const meta = useMeta();
  const invoices = useOpen(meta, 'finance.invoice', payment);
  const bills = useOpen(meta, 'finance.bill', payment);
  const notes = useOpen(meta, 'finance.credit_note', payment);
  return [...invoices, ...bills, ...notes].sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
}

// useTolerance is the difference that finance lets pass; one unit unless it was set.
export function useTolerance(): string {
  const e = useMeta().named('finance.tolerance');
  const { data } = useList(e?.path ?? '', { purpose: 'write_off', limit: 1 }, !!e);
  return String(data?.data[0]?.amount ?? '1');
}
