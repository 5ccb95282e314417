import { Scale, ShieldCheck } from 'lucide-react';
import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const guards = (_: Meta, me: Me) => ['owner', 'admin', 'security_officer'].some((r) => me.roles.includes(r));
const page = { module: 'core', group: 'admin', shows: guards };

export default {
  pages: [
    { ...page, path: '/admin/policy', label: 'policy:title', icon: Scale, load: () => import('./Studio') },
    { ...page, path: '/admin/roles', label: 'admin:roles', icon: ShieldCheck, load: () => import('./Roles') },
  ],
} satisfies Feature;
