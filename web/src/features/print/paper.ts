import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import type { Row } from '@/meta/types';
import { type Document, documents } from './documents';

// Paper is all that is printed of a document.
export interface Paper {
  document: Document;
  row: Row;
  party: Row | undefined;
  products: Map<string, Row>;
  units: Map<string, Row>;
  taxes: Map<string, Row>;
  term: Row | undefined;
  bank: Row | undefined;
  home: Row | undefined; // the company's own profile
}

export const linesOf = (row: Row) => (row.lines as Row[] | undefined) ?? [];

const ids = (values: unknown[]) => [...new Set(values.filter((v): v is string => typeof v === 'string' && v !== ''))];

async function many(path: string, by: string, values: string[], signal: AbortSignal): Promise<Map<string, Row>> {
  if (values.length === 0) return new Map();
  const page = await get<PageOf<Row>>(path, { [`${by}[in]`]: values.join(','), limit: 200 }, signal).catch(() => undefined);
  return new Map((page?.data ?? []).map((r) => [String(r[by]), r]));
}

const one = (path: string, id: unknown, signal: AbortSignal) =>
  typeof id === 'string' && id ? get<Row>(`${path}/${id}`, undefined, signal).catch(() => undefined) : Promise.resolve(undefined);

async function read(path: string, id: string, signal: AbortSignal): Promise<Paper> {
  const document = documents[path];
  if (!document) throw new Error(path);
  const row = await get<Row>(`${path}/${id}`, undefined, signal);
  const lines = linesOf(row);
  const [party, products, taxes, term, banks, homes] = await Promise.all([
    one(document.party.path, row[document.party.field], signal),
    many('inventory/products', 'id', ids(lines.map((l) => l.product_id)), signal),
    many('finance/taxes', 'id', ids(lines.map((l) => l.tax_id)), signal),
    one('finance/payment_terms', row.payment_term_id, signal),
    document.bank
      ? get<PageOf<Row>>('finance/bank_accounts', { active: true, limit: 20 }, signal).catch(() => undefined)
      : Promise.resolve(undefined),
    get<PageOf<Row>>('company', { limit: 1 }, signal).catch(() => undefined),
  ]);
  const unit = (l: Row) => l.unit ?? products.get(String(l.product_id))?.unit;
  const units = await many('inventory/units_of_measure', 'code', ids(lines.map(unit)), signal);
  const bank = banks?.data.find((b) => b.currency === row.currency);
  return { document, row, party, products, units, taxes, term, bank, home: homes?.data[0] };
}

// usePaper reads a document with everything that its print names.
export const usePaper = (path: string, id: string) =>
  useQuery({
    queryKey: ['paper', path, id],
    queryFn: ({ signal }) => read(path, id, signal),
    enabled: !!documents[path],
    retry: false,
  });
