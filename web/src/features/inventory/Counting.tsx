import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { Check, ListChecks } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, type PageOf, settled, useList } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { recordPath, useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { say } from '@/ui/talk';
import { Amount, useTally } from './Checking';
import { ScanField } from './ScanField';
import { counted, readScan, set } from './tally';
import './inventory.css';

// Counting writes down what lies at a location, scan by scan. What should lie there is not shown: who counts must not know it.
export default function Counting() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { at } = useSearch({ strict: false }) as { at?: string };
  const entity = useMeta().named('inventory.stock_count');
  const places = useList('inventory/locations', { type: 'internal', active: true, sort: 'name', limit: 200 });
  if (!entity?.create) return <Page title={t('inventory:count.title')}>{null}</Page>;
  return (
    <Page title={t('inventory:count.title')} padded>
      <div className="scanner">
        <label className="labelled" htmlFor="place">
          {fieldOf(entity, 'location_id')?.label}
          <Select
            id="place"
            size="large"
            showSearch={{ optionFilterProp: 'label' }}
            value={at}
            options={(places.data?.data ?? []).map((l) => ({ value: l.id, label: String(l.name) }))}
            onChange={(v: string) => void navigate({ to: '.', search: { at: v }, replace: true } as never)}
          />
        </label>
        {at ? (
          <Sheet key={at} at={at} />
        ) : (
          <Empty icon={ListChecks} title={t('inventory:count.where')}>
            {t('inventory:count.where_hint')}
          </Empty>
        )}
      </div>
    </Page>
  );
}

async function find(code: string): Promise<{ product: Row; lot?: Row } | undefined> {
  const products = await get<PageOf<Row>>('inventory/products', { number: code, limit: 1 });
  if (products.data[0]) return { product: products.data[0] };
  const lots = await get<PageOf<Row>>('inventory/lots', { number: code, limit: 1 });
  const lot = lots.data[0];
  return lot && { product: await get<Row>(`inventory/products/${lot.product_id}`), lot };
}

function Sheet({ at }: { at: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const [all, put] = useTally(`count.${at}`);
  const [said, setSaid] = useState({ text: '', bad: false, at: 0 });
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const ids = [...new Set(all.map((c) => c.line))];
  const products = useList('inventory/products', { 'id[in]': ids.join(','), limit: 500 }, ids.length > 0).data?.data ?? [];
  const tell = (text: string, bad = false) => setSaid({ text, bad, at: Date.now() });
  const scan = async (text: string) => {
    const { times, code } = readScan(text);
    const found = await find(code).catch(() => undefined);
    if (!found) return tell(t('inventory:no_product', { code }), true);
    const what = String(found.product.name);
    if (found.product.tracking !== 'none' && !found.lot) return tell(t('inventory:scan_lot', { what }));
    const next = counted(all, found.product.id, found.lot ? String(found.lot.number) : '', times);
    put(next);
    tell(
      t('inventory:count.now', {
        what,
        n: next.find((c) => c.line === found.product.id && c.lot === String(found.lot?.number ?? ''))?.quantity,
      }),
    );
  };
  const save = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const names = all.flatMap((c) => (c.lot ? [c.lot] : []));
      const lots = names.length
        ? (await get<PageOf<Row>>('inventory/lots', { 'number[in]': names.join(','), limit: 500 })).data
        : [];
      const lines = all.map((c) => ({
        product_id: c.line,
        counted_quantity: c.quantity,
        ...(c.lot ? { lot_id: lots.find((l) => l.number === c.lot && l.product_id === c.line)?.id } : {}),
      }));
      const made = await post<Row>('inventory/stock_counts', { location_id: at, lines }, { key: key.current });
      put([]);
      void settled(client, 'inventory/stock_counts');
      say.success(t('inventory:count.saved', { no: String(made.no) }));
      go(recordPath('inventory/stock_counts', made.id));
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ScanField label={t('inventory:scan_goods')} onScan={(c) => void scan(c)} focus={said.at} />
      <p className={`scan-said${said.bad ? ' bad' : ''}`} role="status" key={said.at}>
        {said.text || <span className="muted">{t('inventory:star')}</span>}
      </p>
      {problem && <Mistakes problem={problem} />}
      <ul className="scan-lines">
        {all.map((c) => {
          const product = products.find((p) => p.id === c.line);
          return (
            <li key={c.line + c.lot} className="card">
              <div className="scan-what">
                <b>{String(product?.name ?? '…')}</b>
                <span className="muted">{String(product?.number ?? '')}</span>
              </div>
              <span className="muted">{String(product?.unit ?? '')}</span>
              <div className="scan-lots">
                <Amount of={c} what={String(product?.name ?? '')} onSet={(q) => put(set(all, c.line, c.lot, q))} />
              </div>
            </li>
          );
        })}
      </ul>
      <footer className="scan-foot">
        <span className="muted">{all.length ? t('inventory:count.next') : t('inventory:nothing_yet')}</span>
        <Button
          type="primary"
          size="large"
          icon={<Check size={18} />}
          disabled={all.length === 0}
          loading={busy}
          onClick={() => void save()}
        >
          {t('inventory:count.save')}
        </Button>
      </footer>
    </>
  );
}
