import { Palette } from 'lucide-react';
import type { Feature } from '@/data/feature';

// The sheet of all parts is there while one develops, and in no build.
const pages: Feature['pages'] = import.meta.env.DEV
  ? [{ path: '/design', label: 'design:title', icon: Palette, module: 'core', menu: false, load: () => import('./Design') }]
  : [];

export default { pages } satisfies Feature;
