import { Blocks, History, KeyRound, ListChecks, Settings2, ShieldCheck, Users, Webhook } from 'lucide-react';
import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const has = (me: Me, ...roles: string[]) => roles.some((r) => me.roles.includes(r));
const runs = (_: Meta, me: Me) => has(me, 'owner', 'admin');
const guards = (_: Meta, me: Me) => has(me, 'owner', 'admin', 'security_officer');
const page = { module: 'core', group: 'admin' };

export default {
  pages: [
    {
      ...page,
      path: '/users',
      label: 'admin:users',
      icon: Users,
      shows: (m) => !!m.named('user'),
      load: () => import('./Users'),
    },
    { ...page, path: '/admin/roles', label: 'admin:roles', icon: ShieldCheck, shows: guards, load: () => import('./Roles') },
    { ...page, path: '/admin/modules', label: 'admin:modules', icon: Blocks, shows: runs, load: () => import('./Modules') },
    { ...page, path: '/admin/settings', label: 'admin:settings', icon: Settings2, shows: runs, load: () => import('./Settings') },
    { ...page, path: '/admin/audit', label: 'admin:audit', icon: History, shows: guards, load: () => import('./Audit') },
    { ...page, path: '/admin/jobs', label: 'admin:jobs', icon: ListChecks, shows: runs, load: () => import('./Jobs') },
    {
      ...page,
      path: '/webhooks',
      label: 'admin:webhooks',
      icon: Webhook,
      shows: (m) => !!m.named('webhook'),
      load: () => import('./Webhooks'),
    },
    { ...page, path: '/admin/tokens', label: 'admin:tokens', icon: KeyRound, load: () => import('./Tokens') },
  ],
  parts: [{ entity: 'webhook', key: 'deliveries', label: 'admin:deliveries', load: () => import('./Deliveries') }],
} satisfies Feature;
