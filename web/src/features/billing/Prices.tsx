import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import type { Book, Books, List } from './types';

// Prices lists the versions of the prices. A version never changes; another one is written from the newest and begins with a coming month.
export function Prices() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data } = useQuery({ queryKey: ['op', 'prices', lang()], queryFn: () => get<Books>('operator/prices') });
  return (
    <section className="card billing-part">
      <h2>{t('billing:op.prices')}</h2>
      {!data ? (
        <Skeleton rows={2} />
      ) : (
        <>
          <Sheet
            label={t('billing:op.prices')}
            columns={['version', 'valid_from', 'note'].map((key) => ({ key, label: t(`billing:book.${key}`) }))}
            rows={data.data.map((b) => ({ ...b, id: String(b.version) }))}
            cell={(key, x) => x[key as 'version' | 'valid_from' | 'note']}
          />
          <div className="billing-acts billing-after">
            <Button onClick={() => setOpen(true)}>{t('billing:book.new')}</Button>
          </div>
          {open && data.data[0] && <Draft from={data.data[0]} names={data} close={() => setOpen(false)} />}
        </>
      )}
    </section>
  );
}

// Draft is the next version of the prices.
function Draft({ from, names, close }: { from: Book; names: Books; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [month, setMonth] = useState('');
  const [note, setNote] = useState('');
  const [prices, setPrices] = useState(from.prices);
  const [currency, setCurrency] = useState(Object.keys(from.prices).sort()[0] ?? 'CNY');
  const [wrong, setWrong] = useState<string[]>([]);
  const list = prices[currency];
  const publish = () =>
    post('operator/prices', { valid_from: `${month}-01`, note, prices }).then(
      () => {
        say.success(t('billing:book.published'));
        close();
        return client.invalidateQueries({ queryKey: ['op', 'prices'] });
      },
      (e) =>
        setWrong(isProblem(e) ? (e.fields.length ? e.fields.map((f) => `${f.field}: ${f.detail}`) : [e.message]) : [String(e)]),
    );
  return (
    <Drawer open onClose={close} title={t('billing:book.new')} width="min(860px, 100vw)">
      <form
        aria-label={t('billing:book.new')}
        onSubmit={(e) => {
          e.preventDefault();
          setWrong([]);
          ask({ title: t('billing:book.ask', { month }), content: t('billing:book.ask_note'), onOk: publish });
        }}
      >
        <p className="muted">{t('billing:book.about')}</p>
        <div className="billing-acts">
          <label>
            {t('billing:book.month')}
            <input
              className="billing-input"
              required
              pattern="\d{4}-\d{2}"
              placeholder="2027-01"
              value={month}
              onChange={(e) => setMonth(e.target.value.trim())}
            />
          </label>
          <label>
            {t('billing:book.note')}
            <input className="billing-input" maxLength={200} value={note} onChange={(e) => setNote(e.target.value)} />
          </label>
          <label>
            {t('billing:book.currency')}
            <select className="billing-input" value={currency} onChange={(e) => setCurrency(e.target.value)}>
              {Object.keys(prices)
                .sort()
                .map((c) => (
                  <option key={c}>{c}</option>
                ))}
            </select>
          </label>
        </div>
        {list && <Amounts of={list} names={names} change={(l) => setPrices({ ...prices, [currency]: l })} />}
        {wrong.length > 0 && (
          <ul role="alert" className="billing-wrong">
            {wrong.map((x) => (
              <li key={x}>{x}</li>
            ))}
          </ul>
        )}
        <Button type="primary" htmlType="submit">
          {t('billing:book.publish')}
        </Button>
      </form>
    </Drawer>
  );
}

// Amounts are the prices in one currency.
function Amounts({ of, names, change }: { of: List; names: Books; change: (l: List) => void }) {
  const { t } = useTranslation();
  const item = (i: number, next: Partial<List['items'][number]>) =>
    change({ ...of, items: of.items.map((x, j) => (j === i ? { ...x, ...next } : x)) });
  const tier = (i: number, k: number, next: Partial<List['items'][number]['tiers'][number]>) =>
    item(i, { tiers: (of.items[i]?.tiers ?? []).map((x, j) => (j === k ? { ...x, ...next } : x)) });
  const called = (x: List['items'][number]) => {
    const meter = names.meters.find((m) => m.name === x.meter)?.label ?? x.meter;
    const module = names.modules.find((m) => m.name === x.module)?.label ?? x.module;
    return module ? `${module}: ${meter}` : meter;
  };
  return (
    <>
      <div className="billing-acts">
        {(['minimum', 'tax_percent'] as const).map((key) => (
          <label key={key}>
            {t(`billing:book.${key}`)}
            <input
              className="billing-input"
              inputMode="decimal"
              value={of[key]}
              onChange={(e) => change({ ...of, [key]: e.target.value })}
            />
          </label>
        ))}
      </div>
      {of.items.map((x, i) => (
        <fieldset key={`${x.meter} ${x.module ?? ''}`} className="billing-item">
          <legend>{`${called(x)}, ${t(x.monthly ? 'billing:book.every_month' : 'billing:book.every', { every: x.every })}`}</legend>
          <div className="billing-acts">
            <label>
              {t('billing:book.included')}
              <input
                className="billing-input"
                inputMode="decimal"
                value={x.included}
                onChange={(e) => item(i, { included: e.target.value })}
              />
            </label>
            {x.tiers.map((y, k) => (
              <div className="billing-acts" key={k}>
                {y.up_to !== null && (
                  <label>
                    {t('billing:book.up_to')}
                    <input
                      className="billing-input"
                      inputMode="decimal"
                      value={y.up_to}
                      onChange={(e) => tier(i, k, { up_to: e.target.value })}
                    />
                  </label>
                )}
                <label>
                  {t(y.up_to === null && x.tiers.length > 1 ? 'billing:book.price_above' : 'billing:book.price')}
                  <input
                    className="billing-input"
                    inputMode="decimal"
                    value={y.price}
                    onChange={(e) => tier(i, k, { price: e.target.value })}
                  />
                </label>
                {y.up_to !== null && (
                  <Button size="small" onClick={() => item(i, { tiers: x.tiers.filter((_, j) => j !== k) })}>
                    {t('billing:book.less')}
                  </Button>
                )}
              </div>
            ))}
            <Button
              size="small"
              onClick={() =>
                item(i, {
                  tiers: [...x.tiers.slice(0, -1), { up_to: '', price: x.tiers.at(-1)?.price ?? '0' }, ...x.tiers.slice(-1)],
                })
              }
            >
              {t('billing:book.more')}
            </Button>
          </div>
        </fieldset>
      ))}
    </>
  );
}
