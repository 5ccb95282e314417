import { ClipboardCheck } from 'lucide-react';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

const buys = (meta: Meta) =>
  !!meta.named('purchasing.requisition')?.actions?.some((a) => a.name === 'order' || a.name === 'approve');

const desk = { label: 'purchasing:desk', icon: ClipboardCheck, shows: buys };

export default {
  pages: [{ ...desk, path: '/purchasing/desk', module: 'purchasing', load: () => import('./Desk') }],
  parts: [
    {
      entity: 'purchasing.quotation_request',
      key: 'offers',
      label: 'purchasing:offers',
      load: () => import('./RequestOffers'),
    },
  ],
  dialogs: [{ entity: 'purchasing.quotation_request', action: 'award', load: () => import('./Award') }],
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
