import { Boxes, ListChecks, PackageCheck, PackageOpen } from 'lucide-react';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const able = (entity: string, action: string) => (meta: Meta) => !!meta.named(entity)?.actions?.some((a) => a.name === action);
const sees = (meta: Meta) => !!meta.named('inventory.stock_balance') && !!meta.named('inventory.reservation');
const counts = (meta: Meta) => !!meta.named('inventory.stock_count')?.create;

const pages = [
  { path: '/inventory/board', label: 'inventory:board', icon: Boxes, shows: sees, load: () => import('./StockBoard') },
  {
    path: '/inventory/receiving',
    label: 'inventory:receive.title',
    icon: PackageCheck,
    shows: able('inventory.receipt', 'receive'),
    load: () => import('./Receiving'),
  },
  {
    path: '/inventory/shipping',
    label: 'inventory:ship.title',
    icon: PackageOpen,
    shows: able('inventory.delivery', 'ship'),
    load: () => import('./Shipping'),
  },
  {
    path: '/inventory/counting',
    label: 'inventory:count.title',
    icon: ListChecks,
    shows: counts,
    load: () => import('./Counting'),
  },
];

export default {
  pages: pages.map((p) => ({ ...p, module: 'inventory' })),
  parts: [{ entity: 'inventory.product', key: 'stock', label: 'inventory:stock', load: () => import('./Stock') }],
  home: [
    {
      key: 'inventory.today',
      module: 'inventory',
      label: 'inventory:my_day',
      roles: ['warehouse'],
      shows: (meta) => able('inventory.receipt', 'receive')(meta) || able('inventory.delivery', 'ship')(meta),
      load: () => import('./Today'),
    },
  ],
  actions: pages.map((p) => ({ key: p.path, label: p.label, icon: p.icon, to: p.path, shows: p.shows })),
} satisfies Feature;
