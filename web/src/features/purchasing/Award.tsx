import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { ActionDialog } from '@/data/ActionDialog';
import type { DialogProps } from '@/data/feature';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import type { Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { money } from '@/ui/format';
import { Skeleton, State } from '@/ui/parts';

// Award says which offers win; one for each line is chosen to begin with, the cheapest.
export default function Award({ entity, row, action, onClose }: DialogProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Set<string>>();
  const [keep, setKeep] = useState(false);
  const { data } = useQuery({
    queryKey: ['list', 'purchasing/quotation_comparison', lang(), row.id],
    queryFn: ({ signal }) => get<{ data: Row[] }>('purchasing/quotation_comparison', { request_id: row.id }, signal),
  });
  const offers = (data?.data ?? []).filter((r) => r.offer_id).map((r): Row => ({ ...r, id: String(r.offer_id) }));
  const wins = chosen ?? new Set(offers.filter((o) => o.rank === 1).map((o) => o.id));
  const flip = (id: string) => {
    const next = new Set(wins);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const makes = action.input?.find((i) => i.name === 'make_prices');
  const input = { lines: [...wins].map((offer_id) => ({ offer_id })), ...(keep ? { make_prices: true } : {}) };
  return (
    <ActionDialog
      entity={entity}
      row={row}
      action={action}
      onClose={onClose}
      own={{
        input,
        ready: wins.size > 0,
        form: () =>
          data ? (
            <>
              <Sheet
                label={t('purchasing:offers')}
                columns={[
                  { key: 'win', label: '' },
                  { key: 'product', label: t('purchasing:product') },
                  { key: 'vendor', label: t('purchasing:vendor') },
                  { key: 'quantity', label: t('purchasing:quantity'), end: true },
                  { key: 'price', label: t('purchasing:price'), end: true },
                ]}
                rows={offers}
                cell={(key, o) =>
                  key === 'win' ? (
                    <input
                      type="checkbox"
                      className="check"
                      aria-label={String(o.vendor)}
                      checked={wins.has(o.id)}
                      onChange={() => flip(o.id)}
                    />
                  ) : key === 'product' ? (
                    <Ref to="inventory.product" id={o.product_id} link={false} />
                  ) : key === 'vendor' ? (
                    <span className="ref">
                      {String(o.vendor)}
                      {o.rank === 1 && <State tone="green">{t('purchasing:best')}</State>}
                    </span>
                  ) : key === 'quantity' ? (
                    `${group(String(o.quantity))} ${o.unit ?? ''}`
                  ) : (
                    money(String(o.price), String(o.currency))
                  )
                }
              />
              {makes && (
                <label className="item">
                  <input type="checkbox" className="check" checked={keep} onChange={() => setKeep(!keep)} />
                  {makes.label}
                </label>
              )}
            </>
          ) : (
            <Skeleton rows={3} />
          ),
      }}
    />
  );
}
