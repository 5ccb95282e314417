import { Fingerprint, LogIn, MailPlus } from 'lucide-react';
import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const runs = (_: Meta, me: Me) => me.roles.includes('owner') || me.roles.includes('admin');

export default {
  pages: [
    {
      path: '/me/security',
      label: 'people:security',
      icon: Fingerprint,
      module: 'core',
      group: 'admin',
      load: () => import('./Security'),
    },
    {
      path: '/admin/sign_in',
      label: 'people:sign_in',
      icon: LogIn,
      module: 'core',
      group: 'admin',
      shows: runs,
      load: () => import('./SignIn'),
    },
  ],
  actions: [
    { key: 'security', label: 'people:security', icon: Fingerprint, to: '/me/security' },
    { key: 'invite', label: 'people:invitations', icon: MailPlus, to: '/invitations' },
  ],
} satisfies Feature;
