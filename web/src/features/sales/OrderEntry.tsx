import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useCreate, useRecord } from '@/api/records';
import { ActionDialog } from '@/data/ActionDialog';
import { bodyOf, type Draft, draftOf, isDirty } from '@/data/draft';
import { FieldBox } from '@/data/FieldBox';
import { useKept } from '@/data/kept';
import { LineGrid } from '@/data/LineGrid';
import { Mistakes } from '@/data/Mistakes';
import { labelsOf } from '@/data/RecordForm';
import { typeOf } from '@/meta/kinds';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { group } from '@/ui/decimal';
import { money } from '@/ui/format';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { Page } from '@/ui/Page';
import { say } from '@/ui/talk';
import { type Promised, useProducts, usePromise, useQuote } from './quote';
import { Summary } from './Summary';
import './sales.css';

const head = [
  'customer_id',
  'customer_ref',
  'requested_date',
  'delivery_address',
  'payment_term_id',
  'price_list_id',
  'currency',
  'note',
];
const columns = ['product_id', 'quantity', 'unit', 'unit_price', 'discount_percent'];

// OrderEntry is where orders are typed: customer with credit, lines with stock, price and promise, totals as they will be saved; all by keyboard.
export default function OrderEntry() {
  const { t } = useTranslation();
  const entity = useMeta().named('sales.order');
  return entity?.create ? <Entry entity={entity} /> : <Page title={t('sales:entry')}>{null}</Page>;
}

function Entry({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const [start] = useState<Draft>(() => draftOf(entity));
  const [draft, setDraft, forget] = useKept('draft.sales.entry', start);
  const [problem, setProblem] = useState<Problem>();
  const [made, setMade] = useState<Row>();
  const key = useRef(newKey());
  const root = useRef<HTMLDivElement>(null);
  const create = useCreate(entity);
  const quote = useQuote(draft);
  const promise = usePromise(draft);
  const products = useProducts(draft.lines.lines ?? []);
  const customer = useRecord(
    'crm/customers',
    typeof draft.values.customer_id === 'string' ? draft.values.customer_id : undefined,
  );
  const lines = entity.lines?.find((l) => l.name === 'lines');
  const currency = String(quote.order?.values?.currency ?? draft.values.currency ?? '') || undefined;
  const put = (name: string, v: unknown) => setDraft({ ...draft, values: { ...draft.values, [name]: v } });
  const save = async (confirm: boolean) => {
    if (create.isPending) return;
    setProblem(undefined);
    try {
      const row = await create.mutateAsync({ values: bodyOf(draft), key: key.current });
      forget();
      if (confirm) return setMade(row);
      say.success(t('sales:saved', { no: titleOf(entity, row) }));
      go(`/${entity.path}/${row.id}`);
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
      root.current?.scrollIntoView();
    }
  };
  const clear = () => {
    forget();
    key.current = newKey();
    setDraft(draftOf(entity));
    setProblem(undefined);
  };
  useHotkeys({ 'mod+s': () => void save(false), 'mod+enter': () => void save(true) });
  const confirm = entity.actions?.find((a) => a.name === 'confirm');
  const price = (at: number) => {
    const l = quote.lines.get(at);
    return typeof l?.unit_price === 'string' ? group(l.unit_price, 2) : undefined;
  };
  const amount = (at: number) => {
    const l = quote.lines.get(at);
    return typeof l?.untaxed_amount === 'string' ? money(l.untaxed_amount, currency) : '';
  };
  return (
    <Page
      title={t('sales:entry')}
      padded
      actions={
        <>
          {isDirty(draft, start) && (
            <Button className="wide-only" onClick={clear}>
              {t('sales:clear')}
            </Button>
          )}
          <Button loading={create.isPending} aria-keyshortcuts="Control+S" onClick={() => void save(false)}>
            {t('sales:save')}
          </Button>
          {confirm && (
            <Button type="primary" disabled={create.isPending} aria-keyshortcuts="Control+Enter" onClick={() => void save(true)}>
              {t('sales:save_confirm')}
            </Button>
          )}
        </>
      }
    >
      <div className="order-entry" ref={root}>
        <div className="order-main">
          {problem && <Mistakes problem={problem} labels={labelsOf(entity)} />}
          <section className="card form-grid order-head" aria-label={entity.label}>
            {head.map((name) => {
              const f = fieldOf(entity, name);
              if (!f?.edit || (f.ref && !meta.named(f.ref))) return null;
              const { Input } = typeOf(f);
              return (
                <FieldBox key={name} field={f} path={name} problem={problem}>
                  {(id, invalid) => (
                    <Input
                      field={f}
                      id={id}
                      invalid={invalid}
                      autoFocus={name === 'customer_id'}
                      value={draft.values[name]}
                      row={draft.values as Row}
                      onChange={(v) => put(name, v)}
                    />
                  )}
                </FieldBox>
              );
            })}
          </section>
          {lines && (
            <LineGrid
              lines={lines}
              only={columns}
              value={draft.lines.lines ?? []}
              currency={currency}
              problem={problem ?? quote.problem}
              onChange={(list) => setDraft({ ...draft, lines: { ...draft.lines, lines: list } })}
              placeholder={(name, at) => (name === 'unit_price' ? price(at) : undefined)}
              extra={[
                { key: 'amount', label: t('sales:amount'), cell: (_l, at) => amount(at) },
                {
                  key: 'free',
                  label: t('sales:free'),
                  cell: (_l, at) => <Free promised={promise.lines.get(at)} wanted={quote.lines.get(at)} />,
                },
                { key: 'date', label: t('sales:earliest'), cell: (_l, at) => <Earliest promised={promise.lines.get(at)} /> },
              ]}
            />
          )}
        </div>
        <Summary customer={customer.data} quote={quote} promise={promise} products={products} currency={currency} draft={draft} />
      </div>
      {made && confirm && (
        <ActionDialog entity={entity} row={made} action={confirm} onClose={() => go(`/${entity.path}/${made.id}`)} />
      )}
    </Page>
  );
}

function Free({ promised, wanted }: { promised?: Promised; wanted?: Record<string, unknown> }) {
  if (promised?.free === undefined) return null;
  const short = wanted && Number(promised.free) < Number(wanted.base_quantity ?? wanted.quantity ?? 0);
  return <span className={short ? 'short' : undefined}>{group(promised.free)}</span>;
}

function Earliest({ promised }: { promised?: Promised }) {
  const { t } = useTranslation();
  if (!promised?.earliest) return promised?.way === 'none' ? <span className="muted">{t('sales:unknown')}</span> : null;
  return <span className={promised.late ? 'wrong' : undefined}>{promised.earliest}</span>;
}
