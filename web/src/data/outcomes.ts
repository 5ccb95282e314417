import { actsOf, type Branch, type Effect, type Tree } from '@/api/records';
import type { Meta } from '@/meta/meta';
import type { Entity } from '@/meta/types';

// Outcome is one thing that an act makes happen, with what it leads to: an order with its reservations, its production with the production and the purchases below it.
export interface Outcome {
  entity: Entity;
  effect: Effect; // all that happens to the record, as one
  made: boolean;
  below: Outcome[];
}

const flat = (b: Branch): Effect[] => [...b.effects, ...b.caused.flatMap(flat)];
export const effectsOf = (t: Tree): Effect[] => [...actsOf(t), ...t.events.flatMap(flat)];

// drawnLater leaves the number out that a document draws only once it is posted: a trial gives it a stand-in.
export const drawnLater = (title: string | undefined) => title?.replace(/-[0-9a-f]{12}$/, '-…') ?? '';

// merged brings everything that happens to a record together, in the order in which it happens.
function merged(effects: Effect[]): Effect[] {
  const by = new Map<string, Effect>();
  for (const e of effects) {
    const before = by.get(e.record);
    if (!before) by.set(e.record, e);
    else
      by.set(e.record, {
        ...before,
        title: before.title || e.title,
        values: { ...before.values, ...e.values },
        was: { ...e.was, ...before.was },
        names: { ...before.names, ...e.names },
        _denied: [...new Set([...(before._denied ?? []), ...(e._denied ?? [])])],
      });
  }
  return [...by.values()];
}

// What a reservation without a place waits for is told by the order or the request that will bring it.
const silent = (e: Effect) =>
  e.entity === 'notification' ||
  e.entity.startsWith('approval') ||
  (e.entity === 'inventory.reservation' && (!e.values?.location_id || e.action !== 'create'));

// Who stands below whom is said by references; the narrowest counts.
const ways = [
  'parent_id',
  'production_order_id',
  'demand_id',
  'demand_document_id',
  'sales_order_id',
  'order_id',
  'purchase_order_id',
  'project_id',
  'opportunity_id',
];

const rank = [
  'sales.order',
  'inventory.reservation',
  'inventory.delivery',
  'production.production_order',
  'purchasing.requisition',
  'purchasing.order',
  'inventory.receipt',
  'projects.project',
  'finance.receivable',
  'finance.invoice',
];
const place = (o: Outcome) => (rank.indexOf(o.entity.name) + rank.length + 1) % (rank.length + 1);

// outcomesOf turns the events of a dry run into what people speak of: documents, nested by what they are for.
export function outcomesOf(meta: Meta, tree: Tree): Outcome[] {
  const all = merged(effectsOf(tree)).flatMap((effect): Outcome[] => {
    const entity = meta.named(effect.entity);
    return entity && !silent(effect) ? [{ entity, effect, made: effect.action === 'create', below: [] }] : [];
  });
  const by = new Map(all.map((o) => [o.effect.record, o]));
  const roots: Outcome[] = [];
  for (const o of all) {
    const over = o.made
      ? ways.flatMap((w) => by.get(String(o.effect.values?.[w] ?? '')) ?? []).find((p) => p !== o && !within(o, p))
      : undefined;
    (over?.below ?? roots).push(o);
  }
  const sorted = (list: Outcome[]): Outcome[] => {
    for (const o of list) o.below = sorted(o.below);
    return list.sort((a, b) => place(a) - place(b));
  };
  return sorted(roots);
}

const within = (o: Outcome, p: Outcome): boolean => o.below.some((b) => b === p || within(b, p));

// What people look at of a kind of document, in their order.
const facts: Record<string, string[]> = {
  'sales.order': ['customer_id', 'total_amount', 'margin_amount', 'promised_date', 'status'],
  'inventory.reservation': ['product_id', 'quantity', 'lot_id'],
  'inventory.delivery': ['requested_date'],
  'production.production_order': ['product_id', 'quantity', 'start_date', 'due_date'],
  'purchasing.requisition': ['product_id', 'quantity', 'vendor_id', 'price', 'expected_date'],
  'purchasing.order': ['vendor_id', 'total_amount'],
  'finance.receivable': ['expected_amount', 'expected_date'],
  'finance.invoice': ['total_amount', 'due_date'],
  'projects.project': ['name', 'budget_amount'],
  'crm.opportunity': ['status', 'promised_date'],
};

const telling = /quantity|amount|date|status|need_by|price$|reserved/;

// factsOf names the fields of an outcome that are worth a word: those that changed or were given, and what may not be seen.
export function factsOf(o: Outcome): string[] {
  const { values = {}, names = {}, _denied = [] } = o.effect;
  const wanted =
    facts[o.entity.name] ??
    o.entity.fields
      .filter((f) => telling.test(f.name) || (names[f.name] && !/^(created|updated)_by|owner/.test(f.name)))
      .map((f) => f.name);
  const given = (n: string) => names[n] !== undefined || !['', null, undefined, '0', '0.00'].includes(values[n] as string);
  return wanted.filter((n) => given(n) || _denied.includes(n)).slice(0, 6);
}

// lineOf is an outcome without what differs on every run, to compare two runs.
export const lineOf = (o: Outcome): string => {
  const { values = {}, names = {} } = o.effect;
  return [o.entity.name, ...factsOf(o).map((n) => String(/_id$/.test(n) && names[n] ? names[n] : values[n]))].join('\n');
};

export const everyOutcome = (list: Outcome[]): Outcome[] => list.flatMap((o) => [o, ...everyOutcome(o.below)]);

// differences tells what a second run does that the first did not, and the other way round.
export function differences(before: Outcome[], after: Outcome[]): { gone: Outcome[]; added: Outcome[] } {
  const only = (a: Outcome[], b: Outcome[]) => {
    const left = everyOutcome(b).map(lineOf);
    return everyOutcome(a).filter((o) => {
      const at = left.indexOf(lineOf(o));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return { gone: only(before, after), added: only(after, before) };
}
