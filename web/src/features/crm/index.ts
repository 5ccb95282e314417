import { Kanban, Users } from 'lucide-react';
import type { Feature } from '@/data/feature';

export default {
  pages: [
    {
      path: '/crm/pipeline',
      label: 'crm:pipeline',
      icon: Kanban,
      module: 'crm',
      shows: (meta) => !!meta.named('crm.opportunity'),
      load: () => import('./Pipeline'),
    },
  ],
  parts: [
    { entity: 'crm.opportunity', key: 'tracker', load: () => import('./DealTracker') },
    { entity: 'crm.customer', key: 'all', label: 'crm:all', first: true, load: () => import('./Customer360') },
    { entity: 'crm.lead', key: 'duplicates', load: () => import('./Duplicates') },
  ],
  actions: [
    {
      key: 'pipeline',
      label: 'crm:pipeline',
      icon: Kanban,
      to: '/crm/pipeline',
      shows: (meta) => !!meta.named('crm.opportunity'),
    },
    {
      key: 'customer',
      label: 'crm:new_customer',
      icon: Users,
      to: '/crm/customers/new',
      shows: (meta) => !!meta.named('crm.customer')?.create,
    },
  ],
} satisfies Feature;
