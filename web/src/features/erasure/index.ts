import { DoorClosed, UserX } from 'lucide-react';
import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';
import { guards } from './types';

const shows = (_: Meta, me: Me) => guards(me);
const page = { module: 'core', group: 'admin', shows };
const part = { key: 'erasure', label: 'erasure:part', shows: guards, load: () => import('./Person') };

export default {
  pages: [
    { ...page, path: '/admin/deletions', label: 'erasure:deletions', icon: UserX, load: () => import('./Deletions') },
    {
      ...page,
      path: '/admin/deletions/$id',
      label: 'erasure:deletion',
      icon: UserX,
      menu: false,
      load: () => import('./Deletion'),
    },
    { ...page, path: '/admin/closing', label: 'erasure:closing', icon: DoorClosed, menu: false, load: () => import('./Closing') },
  ],
  parts: ['crm.contact', 'crm.lead', 'crm.customer', 'purchasing.vendor', 'user', 'invitation', 'scim_user'].map((entity) => ({
    ...part,
    entity,
  })),
  actions: [{ key: 'closing', label: 'erasure:closing', icon: DoorClosed, to: '/admin/closing', shows }],
} satisfies Feature;
