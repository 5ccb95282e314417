import { ChartColumn } from 'lucide-react';
import type { Feature } from '@/data/feature';

export default {
  pages: [
    {
      path: '/reports',
      label: 'reports:title',
      icon: ChartColumn,
      module: 'core',
      shows: (meta) => meta.reports.length > 0,
      load: () => import('./ReportPage'),
    },
    {
      path: '/reports/$',
      label: 'reports:title',
      icon: ChartColumn,
      module: 'core',
      menu: false,
      load: () => import('./ReportPage'),
    },
  ],
} satisfies Feature;
