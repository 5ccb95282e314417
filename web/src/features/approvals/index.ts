import { BadgeCheck } from 'lucide-react';
import type { Feature } from '@/data/feature';
import { texts } from '@/i18n';
import { en } from './en';
import { zh } from './zh';

texts('approvals', { zh, en });

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
