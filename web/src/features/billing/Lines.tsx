import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { money, time } from '@/ui/format';
import { useNarrow } from '@/ui/media';
import { Skeleton } from '@/ui/parts';
import type { Line, Statement } from './types';

interface Fact {
  id: string;
  at: string;
  quantity: string;
  what: string;
  path: string | null;
  label: string | null;
}

// Lines are those of a statement; each opens to the events behind it.
export function Lines({ of, label }: { of: Statement; label: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Line>();
  const narrow = useNarrow();
  const columns = (narrow ? ['label', 'amount', 'open'] : ['label', 'used', 'price', 'amount', 'open']).map((key) => ({
    key,
    label: key === 'open' ? '' : t(`billing:line.${key}`),
    end: key === 'used' || key === 'price' || key === 'amount',
  }));
  return (
    <>
      <Sheet
        label={label}
        columns={columns}
        rows={of.lines}
        cell={(key, x) =>
          key === 'label' ? (
            <>
              {`${x.label}${x.module_label ? ` · ${x.module_label}` : ''}`}
              {narrow && <span className="muted billing-under">{`${x.used} ${x.unit} · ${x.price}`}</span>}
            </>
          ) : key === 'used' ? (
            `${x.used} ${x.unit}`
          ) : key === 'price' ? (
            x.price
          ) : key === 'amount' ? (
            money(x.amount, of.currency)
          ) : x.events ? (
            <Button
              size="small"
              onClick={() => setOpen(x)}
              aria-label={t('billing:line.events_of', { name: `${x.label} ${x.module_label}` })}
            >
              {t('billing:line.events')}
            </Button>
          ) : null
        }
        foot={(key) => (key === 'label' ? t('billing:line.total') : key === 'amount' ? money(of.total, of.currency) : null)}
      />
      <p className="muted note">
        {t('billing:line.sums', {
          subtotal: money(of.subtotal, of.currency),
          discount: money(of.discount, of.currency),
          tax: money(of.tax, of.currency),
          percent: of.tax_percent,
        })}
      </p>
      {open && <Facts line={open} close={() => setOpen(undefined)} />}
    </>
  );
}

// Facts are the events behind a line, page by page.
function Facts({ line, close }: { line: Line; close: () => void }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const [cursor, setCursor] = useState('');
  const path = `${(line.events ?? '').replace('/api/v1/', '')}&cursor=${cursor}`;
  const { data } = useQuery({
    queryKey: ['facts', path, lang()],
    queryFn: () => get<{ data: Fact[]; next_cursor: string | null; total: string }>(path),
  });
  return (
    <Drawer open onClose={close} title={`${line.label} ${line.module_label}`} width="min(560px, 100vw)">
      {!data ? (
        <Skeleton rows={8} />
      ) : (
        <>
          <p>{t('billing:line.sum', { total: data.total, unit: line.unit })}</p>
          <Sheet
            label={t('billing:line.events')}
            columns={(narrow ? ['what', 'quantity'] : ['at', 'what', 'quantity']).map((key) => ({
              key,
              label: t(`billing:fact.${key}`),
              end: key === 'quantity',
            }))}
            rows={data.data}
            cell={(key, x) =>
              key === 'at' ? (
                time(x.at)
              ) : key === 'quantity' ? (
                x.quantity
              ) : x.path ? (
                <>
                  <Link to={`/${x.path}` as '/'}>{x.label}</Link>
                  <span className="muted billing-under">{narrow ? time(x.at) : x.what}</span>
                </>
              ) : (
                <>
                  {x.what}
                  {narrow && <span className="muted billing-under">{time(x.at)}</span>}
                </>
              )
            }
          />
          {data.next_cursor && (
            <Button size="small" onClick={() => setCursor(data.next_cursor ?? '')}>
              {t('billing:line.more')}
            </Button>
          )}
        </>
      )}
    </Drawer>
  );
}
