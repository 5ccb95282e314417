import { Button } from 'antd';
import { Check, Minus, Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, type PageOf, useAct } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Ref } from '@/data/Ref';
import { Unit } from '@/data/Unit';
import type { Entity, Row } from '@/meta/types';
import { add, compare, group, isZero, minus, parse } from '@/ui/decimal';
import { useHotkeys } from '@/ui/hotkeys';
import { useOnce } from '@/ui/once';
import { State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { ScanField } from './ScanField';
import { findDocument, type Way } from './Scanner';
import { type Counted, counted, countedOf, lineFor, readScan, same, set, type Want } from './tally';

interface CheckingProps {
  entity: Entity;
  way: Way;
  row: Row;
  products: Row[];
  onDone: () => void;
  onOther: (id: string) => void;
}

// useTally keeps what was scanned through a reload.
export function useTally(name: string) {
  const [all, setAll] = useState<Counted[]>(() => {
    try {
      return (JSON.parse(sessionStorage.getItem(name) ?? '[]') as Counted[]) ?? [];
    } catch {
      return [];
    }
  });
  const put = (next: Counted[]) => {
    setAll(next);
    if (next.length) sessionStorage.setItem(name, JSON.stringify(next));
    else sessionStorage.removeItem(name);
  };
  return [all, put] as const;
}

interface Said {
  text: string;
  bad?: boolean;
  at: number;
}

// Checking counts the goods of one document as they are scanned and, when they are right, books them.
export function Checking({ entity, way, row, products, onDone, onOther }: CheckingProps) {
  const { t } = useTranslation();
  const [all, put] = useTally(`scan.${row.id}`);
  const [active, setActive] = useState<Want>(); // waits for the number of its lot
  const [said, setSaid] = useState<Said>({ text: '', at: 0 });
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const act = useAct(entity);
  const lines: (Want & { row: Row })[] = ((row.lines as Row[] | undefined) ?? []).map((l) => ({
    id: l.id,
    product: String(l.product_id),
    quantity: String(l.quantity),
    row: l,
  }));
  const productOf = (id: string) => products.find((p) => p.id === id);
  const tell = (text: string, bad = false) => {
    setSaid({ text, bad, at: Date.now() });
    if (bad) navigator.vibrate?.(200);
  };
  const count = (line: Want, lot: string, times: string) => {
    const next = counted(all, line.id, lot, times);
    put(next);
    setProblem(undefined);
    const n = countedOf(next, line.id);
    const what = String(productOf(line.product)?.name ?? '');
    if (compare(n, line.quantity) > 0) tell(t('inventory:too_many', { what, n: group(n), of: group(line.quantity) }), true);
    else tell(t('inventory:counted', { what, n: group(n), of: group(line.quantity) }));
  };
  const scan = async (text: string) => {
    const { times, code } = readScan(text);
    const product = products.find((p) => same(p.number, code));
    const line = product && lineFor(lines, all, product.id);
    if (product && line) {
      if (way.names && product.tracking !== 'none') {
        setActive(line);
        tell(t('inventory:scan_lot', { what: String(product.name) }));
      } else count(line, '', times);
      return;
    }
    const lots = await get<PageOf<Row>>('inventory/lots', { number: code, limit: 5 }).catch(() => undefined);
    const lot = lots?.data.find((l) => lines.some((x) => x.product === l.product_id));
    const holds = lot && lineFor(lines, all, String(lot.product_id));
    if (holds && (!active || active.product === holds.product)) return count(holds, String(lot.number), times);
    if (active) return count(active, code, times);
    const other = await findDocument(entity, way, [], code).catch(() => undefined);
    if (other && other.id !== row.id) return onOther(other.id);
    if (!other) tell(t('inventory:unknown', { code }), true);
  };
  const complete = lines.every((l) => compare(countedOf(all, l.id), l.quantity) === 0);
  const expected = () => {
    put(
      lines
        .filter((l) => compare(l.quantity, '0') > 0)
        .map(
          (l) =>
            all.find((c) => c.line === l.id && compare(c.quantity, l.quantity) === 0) ?? {
              line: l.id,
              lot: '',
              quantity: l.quantity,
            },
        ),
    );
    tell(t('inventory:all_taken'));
  };
  const book = useOnce(async () => {
    if (all.length === 0) return;
    const body = all.map((c) => ({ id: c.line, quantity: c.quantity, ...(c.lot ? { lot_number: c.lot } : {}) }));
    try {
      const done = await act.mutateAsync({ id: row.id, action: way.action, input: { lines: body }, key: key.current });
      put([]);
      say.success(done.parked ? t('action.parked') : t(`inventory:${way.action}.done`, { no: String(row.no) }));
      onDone();
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
      tell(e.message, true);
    }
  });
  useHotkeys({ 'mod+enter': () => void book() });
  return (
    <>
      <ScanField
        label={t(active ? 'inventory:scan_lot_now' : 'inventory:scan_goods')}
        onScan={(c) => void scan(c)}
        focus={said.at}
      />
      <p className={`scan-said${said.bad ? ' bad' : ''}`} role="status" key={said.at}>
        {said.text || <span className="muted">{t('inventory:star')}</span>}
      </p>
      <header className="scan-head">
        <h2>{String(row.no)}</h2>
        <span className="muted">{String(row[way.order] ?? '')}</span>
        <span className="clip grow">
          <Ref to={way.partyOf} id={row[way.party]} link={false} />
        </span>
        <Button onClick={expected}>{t('inventory:take_all')}</Button>
      </header>
      {problem && <Mistakes problem={problem} />}
      <ul className="scan-lines">
        {lines.map((l) => (
          <Line
            key={l.id}
            line={l}
            product={productOf(l.product)}
            mine={all.filter((c) => c.line === l.id)}
            here={active?.id === l.id}
            onSet={(lot, q) => {
              put(set(all, l.id, lot, q));
              setProblem(undefined);
            }}
          />
        ))}
      </ul>
      <footer className="scan-foot">
        <span className="muted">
          {complete ? t('inventory:complete') : all.length ? t(`inventory:${way.action}.rest`) : t('inventory:nothing_yet')}
        </span>
        <Button
          type="primary"
          size="large"
          icon={<Check size={18} />}
          disabled={all.length === 0}
          loading={act.isPending}
          onClick={() => void book()}
        >
          {t(`inventory:${way.action}.confirm`)}
        </Button>
      </footer>
    </>
  );
}

interface LineProps {
  line: Want & { row: Row };
  product: Row | undefined;
  mine: Counted[];
  here: boolean;
  onSet: (lot: string, quantity: string) => void;
}

function Line({ line, product, mine, here, onSet }: LineProps) {
  const { t } = useTranslation();
  const n = countedOf(mine, line.id);
  const order = compare(n, line.quantity);
  const shown = mine.length ? mine : [{ line: line.id, lot: '', quantity: '0' }];
  const open = line.row.open_quantity;
  return (
    <li className={here ? 'card here' : 'card'}>
      <div className="scan-what">
        <b>{String(product?.name ?? '')}</b>
        <span className="muted">
          {String(product?.number ?? '')}
          {typeof open === 'string' &&
            compare(open, line.quantity) > 0 &&
            ` · ${t('inventory:not_ready', { n: group(minus(open, line.quantity)) })}`}
        </span>
      </div>
      <span className="scan-count">
        <b className={order > 0 ? 'wrong' : undefined}>{group(n)}</b>
        <span className="muted">
          {' / '}
          {group(line.quantity)} <Unit code={product?.unit} />
        </span>
        <State tone={order === 0 ? 'green' : order > 0 ? 'red' : isZero(n) ? 'gray' : 'amber'}>
          {t(order === 0 ? 'inventory:right' : order > 0 ? 'inventory:more' : isZero(n) ? 'inventory:open' : 'inventory:part')}
        </State>
      </span>
      <div className="scan-lots">
        {shown.map((c) => (
          <Amount key={c.lot} of={c} what={String(product?.name ?? '')} onSet={(q) => onSet(c.lot, q)} />
        ))}
      </div>
    </li>
  );
}

// Amount is a count that may be corrected by hand.
export function Amount({ of, what, onSet }: { of: Counted; what: string; onSet: (quantity: string) => void }) {
  const { t } = useTranslation();
  const step = (by: string) => onSet(compare(add(of.quantity, by), '0') < 0 ? '0' : add(of.quantity, by));
  return (
    <span className="amount">
      {of.lot && <span className="muted clip">{t('inventory:lot_no', { lot: of.lot })}</span>}
      <button
        type="button"
        aria-label={t('inventory:one_less', { what })}
        disabled={isZero(of.quantity)}
        onClick={() => step('-1')}
      >
        <Minus size={18} />
      </button>
      <input
        className="input"
        inputMode="decimal"
        aria-label={t('inventory:count_of', { what: of.lot ? `${what} ${of.lot}` : what })}
        key={of.quantity}
        defaultValue={isZero(of.quantity) ? '' : of.quantity}
        placeholder="0"
        onFocus={(e) => e.target.select()}
        onBlur={(e) => {
          const q = e.target.value.trim() === '' ? '0' : parse(e.target.value);
          if (q === undefined) e.target.value = of.quantity;
          else if (q !== of.quantity) onSet(q);
        }}
        onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()}
      />
      <button type="button" aria-label={t('inventory:one_more', { what })} onClick={() => step('1')}>
        <Plus size={18} />
      </button>
    </span>
  );
}
