import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { GripVertical, Plus, Sparkles, X } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useAct } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import type { Entity, Row } from '@/meta/types';
import { compare, isZero, minus, parse } from '@/ui/decimal';
import { money, today } from '@/ui/format';
import { useOnce } from '@/ui/once';
import { Empty } from '@/ui/parts';
import { say } from '@/ui/talk';
import { bodyOf, moneyOf, type OpenItem, suggest, sumOf, take, type Want } from './match';
import { useOpenItems, useTolerance } from './useMatching';

// Allocate says what a payment settles: documents are dragged onto it, added by a button, or suggested; the sums are exact.
export function Allocate({ entity, payment }: { entity: Entity; payment: Row }) {
  const { t } = useTranslation();
  const items = useOpenItems(payment);
  const tolerance = useTolerance();
  const act = useAct(entity);
  const [wants, setWants] = useState<Want[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [over, setOver] = useState(false);
  const key = useRef(newKey());
  const currency = String(payment.currency);
  const whole = String(payment.unmatched_amount);
  const left = minus(whole, sumOf(wants));
  const rest = items.filter((i) => !wants.some((w) => w.item.id === i.id));
  const draft = payment.status === 'draft';
  const put = (i: OpenItem | undefined) => i && setWants((w) => take(w, i, minus(whole, sumOf(w)), tolerance));
  const change = (w: Want, to: Partial<Want>) => setWants((all) => all.map((x) => (x === w ? { ...x, ...to } : x)));
  const run = useOnce(async (action: string, input: Record<string, unknown>, done: string) => {
    setProblem(undefined);
    try {
      const r = await act.mutateAsync({ id: payment.id, action, input, key: key.current });
      say.success(r.parked ? t('finance:parked') : done);
    } catch (e) {
      if (isProblem(e)) setProblem(e);
      else say.error(String(e));
    }
    key.current = newKey();
  });
  if (isZero(whole)) return null;
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    put(items.find((i) => i.id === e.dataTransfer.getData('text/plain')));
  };
  return (
    <div className="match-both">
      <section className="card" aria-label={t('finance:open_items')}>
        <header>
          <h2>{t('finance:open_items')}</h2>
          <span className="muted">{rest.length}</span>
          <span className="grow" />
          <span className="muted wide-hint">{t('finance:drag_hint')}</span>
        </header>
        {rest.length === 0 ? (
          <Empty title={t(items.length ? 'finance:all_taken' : 'finance:nothing_open')}>
            {items.length ? '' : t('finance:nothing_open_hint')}
          </Empty>
        ) : (
          <ul className="match-items">
            {rest.map((i) => (
              <Item key={i.id} item={i} onTake={compare(left, '0') > 0 && !draft ? () => put(i) : undefined} />
            ))}
          </ul>
        )}
      </section>
      <section
        className={`card match-target${over ? ' over' : ''}`}
        aria-label={t('finance:settles')}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <header>
          <h2>{t('finance:settles')}</h2>
          <Link to={`/${entity.path}/${payment.id}` as '/'}>{payment.no ? String(payment.no) : t('finance:draft')}</Link>
          <span className="grow" />
          {!draft && (
            <Button
              size="small"
              icon={<Sparkles size={13} />}
              disabled={items.length === 0}
              onClick={() => setWants(suggest(items, whole, `${payment.memo} ${payment.reference}`, tolerance))}
            >
              {t('finance:suggest')}
            </Button>
          )}
        </header>
        <dl className="match-sums">
          <dt>{t('finance:on_account')}</dt>
          <dd>{money(whole, currency)}</dd>
          <dt>{t('finance:chosen')}</dt>
          <dd>{money(sumOf(wants), currency)}</dd>
          <dt>{t('finance:left')}</dt>
          <dd className={compare(left, '0') < 0 ? 'wrong' : undefined}>
            <b>{money(left, currency)}</b>
          </dd>
        </dl>
        {wants.length === 0 ? (
          <p className="match-empty muted">{t(draft ? 'finance:post_first' : 'finance:drop_here')}</p>
        ) : (
          <ul className="match-items">
            {wants.map((w) => (
              <Chosen
                key={w.item.id}
                want={w}
                left={left}
                tolerance={tolerance}
                onChange={(to) => change(w, to)}
                onRemove={() => setWants((all) => all.filter((x) => x !== w))}
              />
            ))}
          </ul>
        )}
        {problem && (
          <Mistakes
            problem={problem}
            labels={{ 'matches.amount': t('finance:amount'), 'matches.write_off': t('finance:write_off') }}
          />
        )}
        <footer className="match-foot">
          {draft ? (
            <Button type="primary" loading={act.isPending} onClick={() => void run('post', {}, t('finance:posted'))}>
              {t('finance:post')}
            </Button>
          ) : (
            <Button
              type="primary"
              loading={act.isPending}
              disabled={wants.length === 0 || compare(left, '0') < 0}
              onClick={() => void run('match', { matches: bodyOf(wants) }, t('finance:done'))}
            >
              {t('finance:match')}
            </Button>
          )}
        </footer>
      </section>
    </div>
  );
}

function Item({ item, onTake }: { item: OpenItem; onTake?: () => void }) {
  const { t } = useTranslation();
  const late = item.due < today();
  return (
    <li className="match-item" draggable={!!onTake} onDragStart={(e) => e.dataTransfer.setData('text/plain', item.id)}>
      <GripVertical size={14} aria-hidden="true" />
      <span className="grow clip">
        <Link to={`/${item.path}/${item.id}` as '/'}>{item.no}</Link>
        <span className={`note clip ${late ? 'wrong' : 'muted'}`}>
          {t(late ? 'finance:due_late' : 'finance:due', { date: item.due })}
          {item.reference && ` · ${item.reference}`}
        </span>
      </span>
      <span className="num">
        {money(item.open, item.currency)}
        {item.open !== item.total && (
          <span className="note muted">{t('finance:of', { sum: money(item.total, item.currency) })}</span>
        )}
      </span>
      {onTake && (
        <button type="button" className="icon-button" aria-label={t('finance:take', { no: item.no })} onClick={onTake}>
          <Plus size={16} />
        </button>
      )}
    </li>
  );
}

interface ChosenProps {
  want: Want;
  left: string;
  tolerance: string;
  onChange: (to: Partial<Want>) => void;
  onRemove: () => void;
}

// Chosen is a document that the payment is to settle. Where little of it is left open, that may be written off.
function Chosen({ want, left, tolerance, onChange, onRemove }: ChosenProps) {
  const { t } = useTranslation();
  const { item } = want;
  const short = minus(item.open, want.amount);
  const may = compare(short, '0') > 0 && compare(short, tolerance) <= 0 && isZero(want.writeOff);
  const beyond = isZero(short) && compare(left, '0') > 0 && compare(left, tolerance) <= 0 && isZero(want.writeOff);
  return (
    <li className="match-item">
      <span className="grow clip">
        <b>{item.no}</b>
        <span className="note muted clip">
          {isZero(want.writeOff)
            ? t('finance:stays_open', { sum: money(short, item.currency) })
            : t('finance:written_off', { sum: money(want.writeOff, item.currency), money: money(moneyOf(want), item.currency) })}
        </span>
      </span>
      {(may || beyond) && (
        <Button
          size="small"
          onClick={() => onChange(may ? { amount: item.open, writeOff: short } : { writeOff: minus('0', left) })}
        >
          {t('finance:write_off_now', { sum: money(may ? short : left, item.currency) })}
        </Button>
      )}
      <input
        className="input num small match-amount"
        inputMode="decimal"
        aria-label={t('finance:amount_of', { no: item.no })}
        key={want.amount}
        defaultValue={want.amount}
        onBlur={(e) => {
          const n = parse(e.target.value);
          if (n && compare(n, '0') > 0 && compare(n, item.open) <= 0) onChange({ amount: n, writeOff: '0' });
          else e.target.value = want.amount;
        }}
        onKeyDown={(e) => e.key === 'Enter' && !e.nativeEvent.isComposing && e.currentTarget.blur()}
      />
      <button type="button" className="icon-button" aria-label={t('finance:drop', { no: item.no })} onClick={onRemove}>
        <X size={14} />
      </button>
    </li>
  );
}
