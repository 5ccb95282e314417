import { Building2, Gauge, Wallet } from 'lucide-react';
import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const looks = (_: Meta, me: Me) => me.roles.includes('owner') || me.roles.includes('admin');
const page = { module: 'core', group: 'admin' };

export default {
  pages: [
    { ...page, path: '/billing', label: 'billing:account', icon: Wallet, shows: looks, load: () => import('./Account') },
    { ...page, path: '/billing/usage', label: 'billing:usage', icon: Gauge, shows: looks, load: () => import('./Usage') },
    {
      ...page,
      path: '/operator',
      label: 'billing:operator',
      icon: Building2,
      shows: (_, me) => !!me.billing?.operator,
      load: () => import('./Operator'),
    },
  ],
} satisfies Feature;
