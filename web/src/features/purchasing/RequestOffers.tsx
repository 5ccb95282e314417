import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import type { RecordProps } from '@/data/feature';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { group } from '@/ui/decimal';
import { money } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Empty, Skeleton, State } from '@/ui/parts';
import './purchasing.css';

const columns = ['product_id', 'vendor_id', 'quantity', 'price', 'total', 'lead_time_days', 'arrives_on', 'status'] as const;
const numbers = new Set<string>(['quantity', 'price', 'total', 'lead_time_days']);

// RequestOffers compares what the vendors who were asked offer, line by line, the cheapest first; another answer is written down from here.
export default function RequestOffers({ row }: RecordProps) {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const offers = meta.named('purchasing.vendor_offer');
  const report = meta.reports.find((r) => r.path === 'purchasing/quotation_comparison');
  const { data, error } = useQuery({
    queryKey: ['list', 'purchasing/quotation_comparison', lang(), row.id],
    queryFn: ({ signal }) => get<{ data: Row[] }>('purchasing/quotation_comparison', { request_id: row.id }, signal),
    enabled: !!report,
    retry: false,
  });
  const status = offers && fieldOf(offers, 'status');
  const label = (name: string) =>
    name === 'vendor_id' ? offers && fieldOf(offers, name)?.label : report?.columns.find((c) => c.name === name)?.label;
  const answered = (data?.data ?? []).filter((r) => r.offer_id);
  const add = offers?.create && row.status === 'sent' && (
    <Button size="small" icon={<Plus size={14} />} onClick={() => go(`/purchasing/vendor_offers/new?request_id=${row.id}`)}>
      {t('purchasing:offer_add')}
    </Button>
  );
  if (!report || error) return <Empty title={error?.message ?? t('denied.short')} />;
  if (!data) return <Skeleton rows={3} />;
  if (answered.length === 0)
    return (
      <Empty title={t('purchasing:offers_none')} action={add}>
        {t('purchasing:offers_hint')}
      </Empty>
    );
  return (
    <>
      <Sheet
        label={report.label}
        columns={columns.map((key) => ({ key, label: label(key) ?? '', end: numbers.has(key) }))}
        rows={answered.map((r): Row => ({ ...r, id: String(r.offer_id) }))}
        cell={(key, r) => {
          if (key === 'product_id') return <Ref to="inventory.product" id={r.product_id} />;
          if (key === 'vendor_id')
            return (
              <Link className="ref" to={`/purchasing/vendor_offers/${r.offer_id}` as '/'}>
                {String(r.vendor)}
                {r.rank === 1 && <State tone="green">{t('purchasing:best')}</State>}
              </Link>
            );
          if (key === 'quantity') return `${group(String(r.quantity))} ${r.unit ?? ''}`;
          if (key === 'price') return money(String(r.price), String(r.currency));
          if (key === 'total') return r.total === null ? '–' : money(String(r.total));
          if (key === 'arrives_on')
            return <span className={Number(r.late_days) > 0 ? 'wrong' : undefined}>{String(r.arrives_on ?? '')}</span>;
          if (key === 'status') return status && <Value field={status} row={r} />;
          return String(r[key] ?? '');
        }}
      />
      <div className="offers-foot">{add}</div>
    </>
  );
}
