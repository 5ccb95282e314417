import { CalendarCheck, HandCoins, Landmark } from 'lucide-react';
import type { Feature } from '@/data/feature';

export default {
  pages: [
    {
      path: '/finance/matching',
      label: 'finance:matching',
      icon: HandCoins,
      module: 'finance',
      shows: (meta) => !!meta.named('finance.payment')?.actions?.some((a) => a.name === 'match'),
      load: () => import('./Matching'),
    },
    {
      path: '/finance/bank',
      label: 'finance:bank',
      icon: Landmark,
      module: 'finance',
      shows: (meta) => !!meta.named('finance.bank_statement'),
      load: () => import('./Bank'),
    },
    {
      path: '/finance/closing',
      label: 'finance:closing',
      icon: CalendarCheck,
      module: 'finance',
      shows: (meta) => !!meta.named('finance.period')?.actions?.some((a) => a.name === 'soft_lock'),
      load: () => import('./Closing'),
    },
  ],
  parts: [{ entity: 'finance.bank_statement', key: 'lines', load: () => import('./Statement') }],
} satisfies Feature;
