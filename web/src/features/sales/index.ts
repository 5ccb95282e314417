import type { Feature } from '@/data/feature';
import { texts } from '@/i18n';
import { en } from './en';
import { zh } from './zh';

texts('sales', { zh, en });

export default {
  parts: [{ entity: 'sales.order', key: 'tracker', load: () => import('./OrderTracker') }],
} satisfies Feature;
