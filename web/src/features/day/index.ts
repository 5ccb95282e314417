import { UserRound } from 'lucide-react';
import type { Feature } from '@/data/feature';
import { remembered } from '@/ui/settings';

const everybody = ['owner', 'admin', 'sales', 'sales_director', 'buyer', 'planner', 'warehouse', 'finance', 'project_manager'];

export default {
  pages: [{ path: '/me', label: 'day:me.title', icon: UserRound, module: 'core', menu: false, load: () => import('./Me') }],
  actions: [{ key: 'me', label: 'day:me.title', icon: UserRound, to: '/me' }],
  home: [
    {
      key: 'start',
      module: 'core',
      label: 'day:start',
      roles: ['owner', 'admin'],
      shows: (_, me) => me.roles.includes('owner') || me.roles.includes('admin'),
      quiet: () => !remembered('start', false),
      load: () => import('./Start'),
    },
    { key: 'todo', module: 'core', label: 'day:todo', roles: everybody, load: () => import('./Todo') },
    { key: 'late', module: 'core', label: 'day:late', roles: everybody, load: () => import('./Late') },
  ],
} satisfies Feature;
