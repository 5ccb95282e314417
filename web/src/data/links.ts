import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { actsOf, type Branch, type Effect, type PageOf, type Tree } from '@/api/records';
import { lang } from '@/i18n';
import { fieldOf, type Meta, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';

// The documents of a deal in the order in which they follow from each other.
const order = [
  'crm.lead',
  'crm.opportunity',
  'sales.quotation',
  'sales.order',
  'projects.project',
  'production.production_order',
  'purchasing.requisition',
  'purchasing.order',
  'inventory.receipt',
  'inventory.delivery',
  'finance.invoice',
  'finance.bill',
  'finance.payment',
];

// Link is a kind of document in the chain of a record, with the documents of that kind.
export interface Link {
  entity: Entity;
  rows: Row[];
  here: boolean; // the record that is looked at is one of them
}

const flat = (b: Branch): Branch[] => [b, ...b.caused.flatMap(flat)];
export const branches = (t: Tree): Branch[] => t.events.flatMap(flat);
const effects = (t: Tree): Effect[] => [...actsOf(t), ...branches(t).flatMap((b) => b.effects)];

// documentsOf collects the documents that a tree speaks of: what was made, what it was made for, what its references name.
export function documentsOf(meta: Meta, tree: Tree): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const note = (entity: string | undefined, id: unknown) => {
    if (!entity || typeof id !== 'string' || !id || !order.includes(entity) || !meta.named(entity)) return;
    found.set(entity, (found.get(entity) ?? new Set()).add(id));
  };
  for (const b of branches(tree)) note(b.entity, b.record);
  for (const e of effects(tree)) {
    note(e.entity, e.record);
    const entity = meta.named(e.entity);
    for (const f of entity?.fields ?? []) if (f.ref && f.kind === 'id') note(f.ref, e.values?.[f.name]);
  }
  return found;
}

// useTree reads why a record exists and what it caused.
export const useTree = (entity: Entity, id: string, on = true) =>
  useQuery({
    queryKey: ['tree', entity.path, id, lang()],
    queryFn: ({ signal }) => get<Tree>(`${entity.path}/${id}/tree`, undefined, signal),
    enabled: on,
    staleTime: 30_000,
  });

// chained tells whether a record's kind stands in a chain of documents.
export const chained = (entity: Entity) => order.includes(entity.name);

async function read(meta: Meta, entity: Entity, row: Row, tree: Tree, signal: AbortSignal): Promise<Link[]> {
  const found = documentsOf(meta, tree);
  const note = (name: string, id: string) => found.set(name, (found.get(name) ?? new Set()).add(id));
  note(entity.name, row.id);
  for (const f of entity.fields) {
    const id = row[f.name];
    if (f.ref && f.kind === 'id' && typeof id === 'string' && order.includes(f.ref) && meta.named(f.ref)) note(f.ref, id);
  }
  const paid = entity.name === 'finance.payment' ? [] : [...(found.get('finance.invoice') ?? [])].slice(0, 3);
  const invoice = meta.named('finance.invoice');
  for (const t of await Promise.all(
    paid.map((id) => get<Tree>(`${invoice?.path}/${id}/tree`, undefined, signal).catch((): Tree => ({ events: [] }))),
  ))
    for (const id of documentsOf(meta, t).get('finance.payment') ?? []) note('finance.payment', id);
  const links = await Promise.all(
    order
      .filter((n) => found.has(n))
      .map(async (name): Promise<Link | undefined> => {
        const e = meta.named(name);
        if (!e) return undefined;
        const ids = [...(found.get(name) ?? [])].slice(0, 100).join(',');
        const fields = ['id', e.title, e.state, 'late_days', 'residual_amount']
          .filter((f) => f && (f === 'id' || fieldOf(e, f)))
          .join(',');
        const page = await get<PageOf<Row>>(e.path, { 'id[in]': ids, fields, limit: 100 }, signal).catch(() => undefined);
        return page?.data.length ? { entity: e, rows: page.data, here: page.data.some((r) => r.id === row.id) } : undefined;
      }),
  );
  return links.flatMap((l) => l ?? []);
}

// useChain are the documents before and after a record (上查, 下查), in the order in which they follow from each other.
export function useChain(entity: Entity, row: Row) {
  const meta = useMeta();
  const tree = useTree(entity, row.id, chained(entity));
  return useQuery({
    queryKey: ['chain', entity.path, row.id, row.version, lang(), tree.dataUpdatedAt],
    queryFn: ({ signal }) => read(meta, entity, row, tree.data ?? { events: [] }, signal),
    enabled: chained(entity) && !tree.isPending,
    staleTime: 30_000,
    placeholderData: (before) => before,
  });
}

// Reason is one step of why a record exists: what happened, to which document.
export interface Reason {
  type: string;
  entity: Entity | undefined;
  record: string | undefined;
  title: string | undefined;
}

// reasonsOf is the way from what a person did down to what made the record. Empty: someone made it by hand.
export function reasonsOf(meta: Meta, tree: Tree, id: string): Reason[] {
  const titles = new Map(effects(tree).flatMap((e) => (e.title ? [[e.record, e.title] as const] : [])));
  for (const e of effects(tree))
    for (const [f, name] of Object.entries(e.names ?? {})) {
      const ref = e.values?.[f];
      if (typeof ref === 'string' && !titles.has(ref)) titles.set(ref, name);
    }
  const step = (b: Branch): Reason => ({
    type: b.type,
    entity: meta.named(b.entity),
    record: b.record,
    title: b.record ? titles.get(b.record) : undefined,
  });
  const walk = (list: Branch[]): Reason[] | undefined => {
    for (const b of list) {
      if (b.effects.some((e) => e.record === id && e.action === 'create')) return [step(b)];
      const below = walk(b.caused);
      if (below) return [step(b), ...below];
    }
    return undefined;
  };
  return walk(tree.events) ?? [];
}
