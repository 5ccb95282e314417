import {
  Blocks,
  Building2,
  Hash,
  History,
  KeyRound,
  ListChecks,
  LockKeyhole,
  PackageOpen,
  Settings2,
  Users,
  Webhook,
} from 'lucide-react';
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
    { ...page, path: '/admin/modules', label: 'admin:modules', icon: Blocks, shows: runs, load: () => import('./Modules') },
    { ...page, path: '/admin/settings', label: 'admin:settings', icon: Settings2, shows: runs, load: () => import('./Settings') },
    {
      ...page,
      path: '/admin/company',
      label: 'admin:company.title',
      icon: Building2,
      menu: false,
      shows: runs,
      load: () => import('./Company'),
    },
    {
      ...page,
      path: '/admin/numbering',
      label: 'admin:numbering.title',
      icon: Hash,
      menu: false,
      shows: runs,
      load: () => import('./Numbering'),
    },
    {
      ...page,
      path: '/admin/takeover',
      label: 'admin:takeover.title',
      icon: PackageOpen,
      menu: false,
      shows: runs,
      load: () => import('./Takeover'),
    },
    { ...page, path: '/admin/audit', label: 'admin:audit', icon: History, shows: guards, load: () => import('./Audit') },
    { ...page, path: '/admin/keys', label: 'admin:keys', icon: LockKeyhole, shows: guards, load: () => import('./Keys') },
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
  actions: [{ key: 'takeover', label: 'admin:takeover.title', icon: PackageOpen, to: '/admin/takeover', shows: runs }],
  parts: [{ entity: 'webhook', key: 'deliveries', label: 'admin:deliveries', load: () => import('./Deliveries') }],
} satisfies Feature;
