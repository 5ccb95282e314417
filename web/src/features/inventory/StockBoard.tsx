import { useNavigate, useSearch } from '@tanstack/react-router';
import { Boxes } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGrowing, useRecord, useWhole } from '@/api/records';
import { More } from '@/data/More';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { add, compare, group, isZero } from '@/ui/decimal';
import { recordPath, useGo } from '@/ui/go';
import { composing } from '@/ui/hotkeys';
import { useNarrow } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, Tabs } from '@/ui/parts';
import Stock from './Stock';
import './inventory.css';

interface Level {
  on_hand: string;
  reserved: string;
}

// useLevels is what lies at internal locations, by product.
function useLevels(ids: string[]) {
  const { data } = useWhole('inventory/stock_balances', { 'product_id[in]': ids.join(',') }, ids.length > 0);
  const places = useWhole('inventory/locations', { type: 'internal', fields: 'id' });
  return useMemo(() => {
    const inside = new Set(places.data?.data.map((l) => l.id));
    const levels = new Map<string, Level>();
    for (const b of data?.data ?? []) {
      if (!inside.has(String(b.location_id))) continue;
      const now = levels.get(String(b.product_id));
      levels.set(String(b.product_id), {
        on_hand: add(now?.on_hand, String(b.on_hand)),
        reserved: add(now?.reserved, String(b.reserved)),
      });
    }
    return levels;
  }, [data, places.data]);
}

// StockBoard is where one looks whether there is enough: products with their levels, and beside them all about the one that is chosen.
export default function StockBoard() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [only, setOnly] = useState('all');
  const list = useGrowing('inventory/products', { q: search.q, type: 'stock', active: true, sort: 'number' });
  const products = list.rows;
  const levels = useLevels(products.map((p) => p.id));
  const low = (p: Row) => compare(levels.get(p.id)?.on_hand, String(p.safety_stock ?? '0')) < 0;
  const lows = products.filter(low);
  const shown = only === 'low' ? lows : products;
  const chosen = search.product ?? (narrow ? undefined : shown[0]?.id);
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ to: '.', search: { ...search, ...change }, replace: true } as never);
  return (
    <Page
      title={t('inventory:board')}
      back={narrow && chosen ? () => set({ product: undefined }) : undefined}
      beside={!narrow && <span className="muted">{t('inventory:board_hint')}</span>}
    >
      <div className="stock-board">
        {(!narrow || !chosen) && (
          <nav className="stock-list" aria-label={t('inventory:products')}>
            <div className="stock-find">
              <input
                type="search"
                className="input"
                aria-label={t('inventory:find')}
                placeholder={t('inventory:find')}
                defaultValue={search.q}
                onChange={(e) => !composing(e as never) && set({ q: e.target.value.trim() || undefined, product: undefined })}
                onCompositionEnd={(e) => set({ q: e.currentTarget.value.trim() || undefined, product: undefined })}
              />
              <Tabs
                label={t('inventory:which')}
                value={only}
                onChange={setOnly}
                items={[
                  { key: 'all', label: t('inventory:all'), count: products.length },
                  { key: 'low', label: t('inventory:low'), count: lows.length },
                ]}
              />
            </div>
            {list.isPending ? (
              <Skeleton rows={10} />
            ) : shown.length === 0 ? (
              <Empty icon={Boxes} title={t(only === 'low' ? 'inventory:none_low' : 'nothing_found')} />
            ) : (
              <ul>
                {shown.map((p) => (
                  <li key={p.id}>
                    <Choice
                      product={p}
                      level={levels.get(p.id)}
                      low={low(p)}
                      here={p.id === chosen}
                      onChoose={() => set({ product: p.id })}
                    />
                  </li>
                ))}
              </ul>
            )}
            <More list={list} />
          </nav>
        )}
        {chosen && <Chosen id={chosen} />}
      </div>
    </Page>
  );
}

function Choice(p: { product: Row; level: Level | undefined; low: boolean; here: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  const free = add(p.level?.on_hand, `-${p.level?.reserved ?? '0'}`);
  return (
    <button type="button" aria-current={p.here} onClick={p.onChoose}>
      <span className="clip">
        <b>{String(p.product.name)}</b>
        <span className="muted note clip">{String(p.product.number)}</span>
      </span>
      <span className="num">
        <b className={p.low ? 'wrong' : undefined}>{group(p.level?.on_hand ?? '0')}</b>
        <span className="muted note">{isZero(p.level?.reserved) ? '' : t('inventory:free_of', { n: group(free) })}</span>
      </span>
    </button>
  );
}

function Chosen({ id }: { id: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const entity = useMeta().named('inventory.product');
  const { data, error } = useRecord('inventory/products', id);
  if (error) return <Empty title={error.message} />;
  if (!data || !entity) return <Skeleton rows={8} />;
  return (
    <section className="stock-chosen" aria-label={String(data.name)}>
      <header>
        <h2 className="clip">{String(data.name)}</h2>
        <span className="muted">{String(data.number)}</span>
        <span className="grow" />
        <button type="button" className="tool" onClick={() => go(recordPath(entity.path, id))}>
          {t('inventory:open_product')}
        </button>
      </header>
      <Stock entity={entity} row={data} />
    </section>
  );
}
