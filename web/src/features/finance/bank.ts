import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import type { Row } from '@/meta/types';
import { minus } from '@/ui/decimal';
import { bodyOf, itemOf, type OpenItem, sumOf, take, type Want } from './match';

// formatOf tells what a bank's file is by its name, or how it begins.
export function formatOf(name: string, content: string): 'csv' | 'camt053' | 'mt940' {
  if (/\.xml$/i.test(name) || content.trimStart().startsWith('<')) return 'camt053';
  if (/\.(sta|mt940|940)$/i.test(name) || /^\s*(\{1:|:20:)/.test(content)) return 'mt940';
  return 'csv';
}

const places = [
  ['invoice_id', 'finance/invoices'],
  ['bill_id', 'finance/bills'],
  ['credit_note_id', 'finance/credit_notes'],
] as const;

// accepting is what a line's suggestion says, as the API takes it: a payment on record, or documents with as much of the money as they take.
export async function accepting(line: Row): Promise<Record<string, unknown>> {
  const ids = (line.suggested as string[]) ?? [];
  if (line.because === 'payment') return { line_id: line.id, payment_id: ids[0] };
  const found: OpenItem[] = [];
  for (const [kind, path] of places) {
    const page = await get<PageOf<Row>>(path, { 'id[in]': ids.join(','), limit: 100 }).catch(() => undefined);
    found.push(...(page?.data ?? []).map((r) => itemOf(kind, path, r)));
  }
  const money = String(line.amount).replace('-', '');
  const wants = found.reduce<Want[]>((w, i) => take(w, i, minusOf(money, w), '0'), []);
  const party = line.customer_id ? { customer_id: line.customer_id } : line.vendor_id ? { vendor_id: line.vendor_id } : {};
  return { line_id: line.id, ...party, matches: bodyOf(wants) };
}

const minusOf = (money: string, wants: Want[]) => minus(money, sumOf(wants));
