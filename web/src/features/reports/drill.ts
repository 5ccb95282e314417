import type { Meta } from '@/meta/meta';
import type { Column, Report } from '@/meta/reports';
import { optionsOf } from './codes';

export type Line = Record<string, unknown>;
export type Asked = Record<string, string>;

const text = (v: unknown) => (typeof v === 'string' && v !== '' ? v : undefined);

// Texts that name a document whose id and kind stand beside them.
const named: Record<string, [id: string, entity: string]> = {
  no: ['document_id', 'document_entity'],
  source: ['source_id', 'source_entity'],
  document_no: ['document_id', 'document_entity'],
  demand_no: ['demand_id', 'demand_entity'],
  supply_no: ['supply_id', 'supply_entity'],
};
// Texts that name a record whose id alone stands beside them.
const known: Record<string, [id: string, entity: string]> = {
  no: ['entry_id', 'finance.entry'],
  order_no: ['order_id', 'sales.order'],
  product_number: ['product_id', 'inventory.product'],
  product_name: ['product_id', 'inventory.product'],
  lot_number: ['lot_id', 'inventory.lot'],
};

// query is the address of a report with what it is asked.
export function query(path: string, asked: Record<string, string | undefined>): string {
  const p = new URLSearchParams(Object.entries(asked).flatMap(([k, v]) => (v ? [[k, v]] : [])));
  return `/reports/${path}${p.size ? `?${p}` : ''}`;
}

// timeOf is the time that a ledger has to show so that it explains a figure of a report: a day means its year up to it.
export function timeOf(asked: Asked): Asked {
  if (asked.date) return { from: `${asked.date.slice(0, 4)}-01-01`, to: asked.date };
  return Object.fromEntries(['from', 'to', 'period'].flatMap((k) => (asked[k] ? [[k, asked[k]]] : [])));
}

const record = (meta: Meta, entity: string | undefined, id: unknown) => {
  const e = meta.named(entity);
  return e && text(id) ? `/${e.path}/${id}` : undefined;
};

// drill is where a value leads to: from a sum to what it is made of, from a line to its document.
export function drill(meta: Meta, report: Report, column: Column, row: Line, asked: Asked): string | undefined {
  const { name } = column;
  const doc = named[name];
  const there = doc && record(meta, text(row[doc[1]]), row[doc[0]]);
  if (there) return there;
  const one = known[name];
  if (one && text(row[one[0]])) return record(meta, one[1], row[one[0]]);
  const at = (other: string) => report.path.replace(report.name, other);
  if (report.path === 'finance/cash_forecast' && name === 'week')
    return query(at('cash_forecast_items'), { from: asked.from, weeks: asked.weeks, 'by.week': text(row.week) });
  const party = report.name.endsWith('_ageing') && (text(row.customer_id) ?? text(row.vendor_id));
  if (party && column.kind === 'amount') {
    const whose = row.customer_id ? 'customer_id' : 'vendor_id';
    return query(at(`open_${report.name.replace('_ageing', '')}`), { date: asked.date, period: asked.period, [whose]: party });
  }
  const books = meta.reports.some((r) => r.path === 'finance/general_ledger');
  if (
    text(row.account_id) &&
    books &&
    !report.name.endsWith('ledger') &&
    ['code', 'name', 'account_code', 'account_name'].includes(name)
  )
    return query('finance/general_ledger', { account_id: text(row.account_id), ...timeOf(asked) });
  if (name === 'name' && text(row.task_id)) return record(meta, 'projects.task', row.task_id);
  return undefined;
}

// shown are the columns that people read: ids give way to what they stand for.
export function shown(meta: Meta, report: Report, asked: Asked = {}): Column[] {
  const all = new Set(report.columns.map((c) => c.name));
  const instead: Record<string, string> = {
    account_id: 'code',
    product_id: 'product_number',
    lot_id: 'lot_number',
    vendor_id: 'vendor',
  };
  const worded = (c: Column): Column => ({ ...c, options: optionsOf(meta, report, c) });
  return report.columns.flatMap((c) => {
    if (asked.account_id && (c.name === 'code' || c.name === 'name')) return []; // the question says it already
    if (c.name.endsWith('_entity') || (c.name === 'kind' && all.has('section'))) return [];
    if (c.name === 'name' && (all.has('work_center_id') || all.has('resource_id'))) return [];
    if (c.name === 'category' && meta.named('inventory.product_category')) return [{ ...c, ref: 'inventory.product_category' }];
    if (c.name === 'task_id' && all.has('name')) return []; // the name leads there
    if (c.kind !== 'id') return [worded(c)];
    const ref = c.ref ?? refOf(meta, c.name);
    if (!ref || c.name === 'entry_id' || all.has(instead[c.name] ?? '')) return [];
    if (c.name === 'account_id' && all.has('account_code')) return [];
    return [{ ...c, ref }];
  });
}

// askable tells whether a person can say what a report has to be asked with; other pages ask the rest.
export const askable = (meta: Meta, report: Report): boolean =>
  report.path !== 'crm/duplicates' &&
  (report.input ?? []).every((i) => i.optional || !(i.items || (i.kind === 'id' && !i.ref && !refOf(meta, i.name))));

// refOf is what an id of that name points to wherever it is said.
function refOf(meta: Meta, name: string): string | undefined {
  if (name.endsWith('document_id') || name === 'id') return undefined;
  const said = new Set(meta.entities.flatMap((e) => e.fields.flatMap((f) => (f.name === name && f.ref ? [f.ref] : []))));
  return said.size === 1 ? [...said][0] : undefined;
}
