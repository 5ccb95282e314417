import { CalendarClock, Hammer, SquareKanban } from 'lucide-react';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const sees = (meta: Meta) => !!meta.named('production.production_order');
const works = (meta: Meta) =>
  !!meta.named('production.production_order')?.actions?.some((a) => a.name === 'complete' || a.name === 'issue');
const plans = (meta: Meta) => !!meta.named('production.planning_run');
const decides = (meta: Meta) => !!meta.named('production.production_order')?.actions?.some((a) => a.name === 'release');

const pages = [
  { path: '/production/board', label: 'production:board', icon: SquareKanban, shows: sees, load: () => import('./Board') },
  {
    path: '/production/planning',
    label: 'production:planning',
    icon: CalendarClock,
    shows: plans,
    load: () => import('./Planning'),
  },
  { path: '/production/floor', label: 'production:floor', icon: Hammer, shows: works, load: () => import('./Floor') },
];

export default {
  pages: pages.map((p) => ({ ...p, module: 'production' })),
  parts: [{ entity: 'production.bill_of_materials', key: 'tree', label: 'production:tree', load: () => import('./Bom') }],
  home: [
    {
      key: 'production.today',
      module: 'production',
      label: 'production:my_day',
      roles: ['planner'],
      shows: decides,
      load: () => import('./Today'),
    },
  ],
  actions: pages.map((p) => ({ key: p.path, label: p.label, icon: p.icon, to: p.path, shows: p.shows })),
} satisfies Feature;
