import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/me';
import { useMeta } from '@/meta/meta';
import { Page } from '@/ui/Page';
import '@/data/record.css';
import './admin.css';

// What is set once and looked up seldom, by subject.
const groups: [string, string[]][] = [
  [
    'base',
    [
      'team',
      'own_field',
      'finance.payment_term',
      'finance.tax',
      'finance.currency',
      'finance.exchange_rate',
      'inventory.unit_of_measure',
    ],
  ],
  [
    'stock',
    ['inventory.warehouse', 'inventory.location', 'inventory.product_category', 'production.calendar', 'production.work_center'],
  ],
  [
    'money',
    [
      'finance.setting',
      'finance.account',
      'finance.journal',
      'finance.fiscal_year',
      'finance.period',
      'finance.dimension',
      'finance.bank_account',
      'finance.tolerance',
      'finance.dunning_level',
      'finance.opening',
    ],
  ],
  [
    'work',
    ['crm.stage', 'sales.price_list', 'purchasing.setting', 'purchasing.requisition_rule', 'projects.template', 'mail.setting'],
  ],
];

// Settings leads to everything that says how the company works.
export default function Settings() {
  const { t } = useTranslation();
  const meta = useMeta();
  const me = useMe();
  if (!me) return null;
  const facts = [
    ['name', me.tenant.name],
    ['currency', me.tenant.currency],
    ['zone', me.tenant.zone],
  ] as const;
  return (
    <Page title={t('admin:settings')} padded>
      <div className="setting-groups">
        <section className="card">
          <header>
            <h2>{t('admin:setting.company')}</h2>
          </header>
          <dl className="facts">
            {facts.map(([key, value]) => (
              <div key={key} className="fact">
                <dt>{t(`admin:setting.${key}`)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div className="setting-links">
            {Object.entries({
              company: 'admin:company.title',
              numbering: 'admin:numbering.title',
              takeover: 'admin:takeover.title',
              closing: 'erasure:closing',
            }).map(([p, label]) => (
              <Link key={p} className="item" to={`/admin/${p}` as '/'}>
                <span className="grow">{t(label)}</span>
                <ChevronRight size={14} className="muted" aria-hidden="true" />
              </Link>
            ))}
          </div>
        </section>
        {groups.map(([key, names]) => {
          const list = names.flatMap((n) => meta.named(n) ?? []);
          if (list.length === 0) return null;
          return (
            <section key={key} className="card">
              <header>
                <h2>{t(`admin:setting.${key}`)}</h2>
              </header>
              <div className="setting-links">
                {list.map((e) => (
                  <Link key={e.name} className="item" to={`/${e.path}` as '/'}>
                    <span className="grow">{e.plural ?? e.label}</span>
                    <ChevronRight size={14} className="muted" aria-hidden="true" />
                  </Link>
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </Page>
  );
}
