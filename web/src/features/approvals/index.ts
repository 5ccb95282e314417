import { BadgeCheck } from 'lucide-react';
import type { Feature } from '@/data/feature';

const page = {
  label: 'approvals:title',
  icon: BadgeCheck,
  module: 'core',
  shows: (meta) => !!meta.named('approval'),
  load: () => import('./Inbox'),
} satisfies Partial<NonNullable<Feature['pages']>[number]>;

export default {
  pages: [
    { ...page, path: '/approvals' },
    { ...page, path: '/approvals/$id', menu: false },
  ],
} satisfies Feature;
