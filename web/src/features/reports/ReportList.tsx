import { Link } from '@tanstack/react-router';
import { ChartColumn } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMeta } from '@/meta/meta';
import { Page } from '@/ui/Page';
import { Empty } from '@/ui/parts';
import { askable } from './drill';
import './reports.css';

const order = ['finance', 'sales', 'crm', 'projects', 'inventory', 'production', 'purchasing'];
// What an accountant opens first; the others follow by name.
const first = [
  'trial_balance',
  'general_ledger',
  'balance_sheet',
  'profit_and_loss',
  'cash_flow',
  'receivables_ageing',
  'payables_ageing',
  'cash_forecast',
  'vat_summary',
];
const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);

// ReportList leads to every report that one may see, by module.
export default function ReportList() {
  const { t } = useTranslation();
  const meta = useMeta();
  const reports = meta.reports.filter((r) => askable(meta, r));
  const modules = order.filter((m) => reports.some((r) => r.path.startsWith(`${m}/`)));
  return (
    <Page title={t('reports:title')} padded>
      {modules.length === 0 && <Empty icon={ChartColumn} title={t('reports:none')} />}
      {modules.map((m) => (
        <section key={m} className="report-list" aria-label={t(`module.${m}`)}>
          <h2>{t(`module.${m}`)}</h2>
          {reports
            .filter((r) => r.path.startsWith(`${m}/`))
            .sort((a, b) => rank(a.name) - rank(b.name))
            .map((r) => (
              <Link key={r.path} className="card" to={`/reports/${r.path}` as '/'}>
                <ChartColumn size={16} aria-hidden="true" />
                {r.label}
              </Link>
            ))}
        </section>
      ))}
    </Page>
  );
}
