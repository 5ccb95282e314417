import { ClipboardCheck } from 'lucide-react';
import type { Feature } from '@/data/feature';
import { texts } from '@/i18n';
import type { Meta } from '@/meta/meta';
import { en } from './en';
import { zh } from './zh';

texts('purchasing', { zh, en });

const buys = (meta: Meta) =>
  !!meta.named('purchasing.requisition')?.actions?.some((a) => a.name === 'order' || a.name === 'approve');

const desk = { label: 'purchasing:desk', icon: ClipboardCheck, shows: buys };

export default {
  pages: [{ ...desk, path: '/purchasing/desk', module: 'purchasing', load: () => import('./Desk') }],
  home: [
    {
      key: 'purchasing.today',
      module: 'purchasing',
      label: 'purchasing:my_day',
      roles: ['buyer'],
      shows: buys,
      load: () => import('./Today'),
    },
  ],
  actions: [{ ...desk, key: 'purchasing.desk', to: '/purchasing/desk' }],
} satisfies Feature;
