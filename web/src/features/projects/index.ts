import type { Feature } from '@/data/feature';

const entity = 'projects.project';

export default {
  parts: [
    { entity, key: 'standing', load: () => import('./Overview') },
    { entity, key: 'plan', label: 'projects:plan', load: () => import('./Plan') },
    { entity, key: 'money', label: 'projects:money', load: () => import('./Money') },
    { entity, key: 'control', label: 'projects:control', load: () => import('./Control') },
  ],
} satisfies Feature;
