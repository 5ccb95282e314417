import {
  BadgeCheck,
  Banknote,
  Boxes,
  Building2,
  CalendarCheck,
  ClipboardList,
  Contact,
  Factory,
  FileCheck2,
  FileText,
  FolderKanban,
  Handshake,
  Landmark,
  ListChecks,
  type LucideIcon,
  Package,
  PackageCheck,
  Receipt,
  ReceiptText,
  Route,
  ScrollText,
  ShoppingCart,
  Table2,
  Target,
  Truck,
  Users,
  Wallet,
  Warehouse,
  Workflow,
  Wrench,
} from 'lucide-react';
import type { Me } from '@/api/me';
import { all } from '@/data/feature';
import { type Meta, moduleOf } from '@/meta/meta';
import type { Entity } from '@/meta/types';

// What people come for, in the order of the work; the rest of a module stands behind "more".
const first: Record<string, string[]> = {
  crm: ['crm.opportunity', 'crm.customer', 'crm.contact', 'crm.lead', 'crm.activity', 'crm.service_case'],
  sales: ['sales.quotation', 'sales.order', 'sales.return', 'sales.price_list'],
  inventory: [
    'inventory.product',
    'inventory.delivery',
    'inventory.receipt',
    'inventory.stock_balance',
    'inventory.transfer',
    'inventory.stock_count',
  ],
  production: ['production.production_order', 'production.bill_of_materials', 'production.routing', 'production.work_center'],
  purchasing: ['purchasing.requisition', 'purchasing.order', 'purchasing.vendor', 'purchasing.vendor_price'],
  finance: ['finance.invoice', 'finance.payment', 'finance.bill', 'finance.receivable', 'finance.entry', 'finance.account'],
  projects: ['projects.project', 'projects.task', 'projects.milestone', 'projects.timesheet', 'projects.expense'],
  core: ['approval', 'user', 'team'],
};

const order = ['crm', 'sales', 'projects', 'inventory', 'production', 'purchasing', 'finance', 'core', 'admin'];
// Shown by the shell itself, among the settings, or on the records that they belong to.
const hidden = new Set(['company', 'notification', 'attachment', 'comment', 'saved_view', 'own_field', 'webhook_delivery']);

const icons: Record<string, LucideIcon> = {
  'crm.opportunity': Target,
  'crm.customer': Building2,
  'crm.contact': Contact,
  'crm.lead': Handshake,
  'crm.activity': CalendarCheck,
  'crm.service_case': Wrench,
  'sales.quotation': FileText,
  'sales.order': ClipboardList,
  'sales.return': Route,
  'sales.price_list': Banknote,
  'inventory.product': Package,
  'inventory.delivery': Truck,
  'inventory.receipt': PackageCheck,
  'inventory.stock_balance': Boxes,
  'inventory.transfer': Workflow,
  'inventory.stock_count': ListChecks,
  'inventory.warehouse': Warehouse,
  'production.production_order': Factory,
  'production.bill_of_materials': Table2,
  'purchasing.requisition': FileCheck2,
  'purchasing.order': ShoppingCart,
  'purchasing.vendor': Building2,
  'finance.invoice': ReceiptText,
  'finance.bill': Receipt,
  'finance.payment': Wallet,
  'finance.entry': ScrollText,
  'finance.account': Landmark,
  'projects.project': FolderKanban,
  'projects.task': ListChecks,
  approval: BadgeCheck,
  user: Users,
  team: Users,
};

export const iconOf = (name: string): LucideIcon => icons[name] ?? Table2;

export interface MenuItem {
  key: string;
  to: string;
  label: string;
  icon: LucideIcon;
}

export interface MenuGroup {
  module: string;
  items: MenuItem[];
  more: MenuItem[];
}

const item = (e: Entity): MenuItem => ({ key: e.name, to: `/${e.path}`, label: e.plural ?? e.label, icon: iconOf(e.name) });

// menu is what the user finds at the side: by module, only what is on and what they may see.
export function menu(meta: Meta, me: Me, t: (key: string) => string): MenuGroup[] {
  const modules = [...order, ...me.modules.filter((m) => !order.includes(m))];
  return modules
    .map((module): MenuGroup => {
      const pages = all('pages').filter(
        (p) =>
          (p.group ?? p.module) === module && p.menu !== false && me.modules.includes(p.module) && (p.shows?.(meta, me) ?? true),
      );
      const replaced = new Set(all('pages').map((p) => p.path)); // a page of its own stands for the list
      const mine = meta.entities.filter((e) => moduleOf(e) === module && !hidden.has(e.name) && !replaced.has(`/${e.path}`));
      const main = (first[module] ?? []).flatMap((n) => mine.find((e) => e.name === n) ?? []);
      const rest = mine.filter((e) => !main.includes(e));
      const items = [...pages.map((p) => ({ key: p.path, to: p.path, label: t(p.label), icon: p.icon })), ...main.map(item)];
      return items.length ? { module, items, more: rest.map(item) } : { module, items: rest.map(item), more: [] };
    })
    .filter((g) => g.items.length > 0);
}
