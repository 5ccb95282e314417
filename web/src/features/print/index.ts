import { Printer } from 'lucide-react';
import type { Feature } from '@/data/feature';
import { documents } from './documents';

// Documents with an amount that must not be altered show it in capitals, printed or not.
const written = ['finance.bill', 'finance.payment', 'finance.credit_note'];
const load = () => import('./Strip');

export default {
  pages: [
    { path: '/print/$', label: 'print:print', icon: Printer, module: 'core', menu: false, load: () => import('./PrintPage') },
  ],
  parts: [...Object.values(documents).map((d) => d.entity), ...written].map((entity) => ({
    entity,
    key: 'print',
    rows: () => 1,
    load,
  })),
  bulk: Object.values(documents).map(({ entity }) => ({
    entity,
    key: 'mail',
    label: 'print:mail.open',
    shows: (m) => !!m.named('mail.document')?.create,
    load: () => import('./MailMany'),
  })),
} satisfies Feature;
