import { Scale } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { useChange, useList } from '@/api/records';
import { Ref } from '@/data/Ref';
import { dateOf, dayOf } from '@/data/schedule';
import { mayEdit } from '@/meta/access';
import { fieldOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { compare, group } from '@/ui/decimal';
import { money, today } from '@/ui/format';
import { Pop } from '@/ui/Pop';
import { Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { type Offer, offersOf } from './desk';

interface CompareProps {
  entity: Entity;
  row: Row;
  product: Row | undefined;
}

// Compare shows what every vendor takes for the product, and when it would be here; a click asks another vendor.
export function Compare(p: CompareProps) {
  const { t } = useTranslation();
  const label = t('purchasing:compare', { no: String(p.row.no) });
  return (
    <Pop
      label={label}
      width={380}
      trigger={(open, toggle) => (
        <button type="button" className="icon-button" aria-expanded={open} aria-label={label} title={label} onClick={toggle}>
          <Scale size={15} />
        </button>
      )}
    >
      {(close) => <Offers {...p} onDone={close} />}
    </Pop>
  );
}

function Offers({ entity, row, product, onDone }: CompareProps & { onDone: () => void }) {
  const { t } = useTranslation();
  const now = today();
  const { data, error } = useList('purchasing/vendor_prices', { product_id: String(row.product_id), limit: 100 });
  const change = useChange(entity);
  const vendor = fieldOf(entity, 'vendor_id');
  const may = !!vendor && mayEdit(vendor, row);
  if (error) return <p className="offer-none">{error.message}</p>;
  if (!data) return <Skeleton rows={3} />;
  const offers = offersOf(data.data, product, String(row.quantity), now);
  const take = async (o: Offer) => {
    try {
      await change.mutateAsync({ id: row.id, version: row.version, values: { vendor_id: o.row.vendor_id } });
      say.success(t('purchasing:vendor_changed', { no: String(row.no) }));
      onDone();
    } catch (e) {
      say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
    }
  };
  return (
    <div className="offers">
      <h3>{t('purchasing:prices')}</h3>
      {offers.length === 0 && <p className="muted offer-none">{t('purchasing:no_prices')}</p>}
      {offers.map((o) => {
        const arrives = dateOf(dayOf(now) + Number(o.row.lead_time_days ?? 0));
        const late = !!row.need_by && arrives > String(row.need_by);
        const mine = o.row.vendor_id === row.vendor_id;
        return (
          <button
            key={o.row.id}
            type="button"
            className="item tall offer"
            aria-current={o.row.id === row.vendor_price_id}
            disabled={!may || mine}
            onClick={() => void take(o)}
          >
            <span className="clip grow">
              <Ref to="purchasing.vendor" id={o.row.vendor_id} link={false} />
              <span className={`note ${late ? 'wrong' : 'muted'}`}>
                {t('purchasing:arrives', { date: arrives })}
                {compare(String(o.row.min_quantity ?? '0'), '0') > 0 &&
                  ` · ${t('purchasing:from', { n: group(String(o.row.min_quantity)), unit: String(o.row.unit || product?.unit || '') })}`}
              </span>
            </span>
            <span className="num">
              <b>{money(o.price, String(o.row.currency || 'CNY'))}</b>
              <span className="note">
                {o === offers[0] && o.applies ? (
                  <State tone="green">{t('purchasing:best')}</State>
                ) : (
                  !o.applies && <span className="muted">{t('purchasing:not_for')}</span>
                )}
              </span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
