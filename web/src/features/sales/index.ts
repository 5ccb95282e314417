import { ClipboardPen } from 'lucide-react';
import type { Feature } from '@/data/feature';

export default {
  pages: [
    {
      path: '/sales/entry',
      label: 'sales:entry',
      icon: ClipboardPen,
      module: 'sales',
      shows: (meta) => !!meta.named('sales.order')?.create,
      load: () => import('./OrderEntry'),
    },
  ],
  parts: [
    {
      entity: 'sales.order',
      key: 'tracker',
      rows: (r) => (r.status === 'draft' || r.status === 'cancelled' ? 0 : 4),
      load: () => import('./OrderTracker'),
    },
    { entity: 'sales.quotation', key: 'versions', load: () => import('./Versions') },
  ],
  dialogs: [{ entity: 'sales.order', action: 'amend', load: () => import('./Amend') }],
  actions: [
    {
      key: 'entry',
      label: 'sales:entry',
      icon: ClipboardPen,
      to: '/sales/entry',
      shows: (meta) => !!meta.named('sales.order')?.create,
    },
  ],
} satisfies Feature;
