import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Check, Sparkles } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useAct } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Mistakes } from '@/data/Mistakes';
import { typeOf } from '@/meta/kinds';
import type { Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { money } from '@/ui/format';
import { useOnce } from '@/ui/once';
import { State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { accepting } from './bank';
import './finance.css';

// Statement matches what the bank reports: suggestions are taken all at once or one by one, the rest is said by hand.
export default function Statement({ entity, row }: RecordProps) {
  const { t } = useTranslation();
  const act = useAct(entity);
  const [problem, setProblem] = useState<Problem>();
  const lines = (row.lines as Row[] | undefined) ?? [];
  const run = useOnce(async (action: string, input: Record<string, unknown> = {}) => {
    setProblem(undefined);
    try {
      await act.mutateAsync({ id: row.id, action, input, key: newKey() });
      say.success(t('finance:done'));
    } catch (e) {
      if (isProblem(e)) setProblem(e);
      else say.error(String(e));
    }
  });
  if (row.status === 'draft' || lines.length === 0) return null;
  const open = lines.filter((l) => l.status === 'open');
  const sure = open.filter((l) => Number(l.score) >= 70).length;
  const fields = Object.fromEntries((entity.lines?.[0]?.fields ?? []).map((f) => [f.name, f]));
  return (
    <section className="card" aria-label={t('finance:movements')}>
      <header>
        <h2>{t('finance:movements')}</h2>
        <span className="muted">{t('finance:still_open', { open: open.length, all: lines.length })}</span>
        <span className="grow" />
        {row.status === 'loaded' && (
          <>
            <Button size="small" icon={<Sparkles size={13} />} disabled={act.isPending} onClick={() => void run('suggest')}>
              {t('finance:suggest_again')}
            </Button>
            <Button
              size="small"
              type="primary"
              icon={<Check size={13} />}
              disabled={!sure || act.isPending}
              onClick={() => void run('match')}
            >
              {t('finance:take_all', { n: sure })}
            </Button>
          </>
        )}
      </header>
      {problem && <Mistakes problem={problem} />}
      <ul>
        {lines.map((l) => (
          <Movement
            key={l.id}
            line={l}
            currency={String(row.currency)}
            fields={fields}
            live={row.status === 'loaded'}
            busy={act.isPending}
            run={run}
          />
        ))}
      </ul>
    </section>
  );
}

interface MovementProps {
  line: Row;
  currency: string;
  fields: Record<string, Field>;
  live: boolean;
  busy: boolean;
  run: (action: string, input?: Record<string, unknown>) => Promise<void>;
}

function Movement({ line, currency, fields, live, busy, run }: MovementProps) {
  const { t } = useTranslation();
  const [hand, setHand] = useState(false);
  const open = line.status === 'open';
  const hint = open && (line.suggested as string[]).length > 0;
  const accept = async () => {
    try {
      await run('match', { lines: [await accepting(line)] });
    } catch (e) {
      say.error(String(e));
    }
  };
  return (
    <li>
      <div className="bank-line">
        <span className="muted">{String(line.date)}</span>
        <span className="clip">
          <b>{String(line.counterparty)}</b>
          <span className="note muted clip">{[line.text, line.reference].filter(Boolean).map(String).join(' · ')}</span>
        </span>
        <b className="num">{money(String(line.amount), currency)}</b>
        <span className="clip">
          {hint ? (
            <State tone={Number(line.score) >= 70 ? 'green' : 'amber'}>
              {t('finance:suggested', { n: (line.suggested as string[]).length, score: line.score })}
            </State>
          ) : (
            fields.status && <Value field={fields.status} row={line} />
          )}
          <span className="note clip">
            {hint && fields.because ? <Value field={fields.because} row={line} /> : null}
            {!open &&
              ['customer_id', 'vendor_id', 'account_id'].map((n) =>
                line[n] && fields[n] ? <Value key={n} field={fields[n]} row={line} link /> : null,
              )}
            {!open && !!line.payment_id && (
              <Link to={`/finance/payments/${line.payment_id}` as '/'}> {t('finance:payment')}</Link>
            )}
          </span>
        </span>
        <span className="bank-acts">
          {live && open && (
            <>
              {hint && (
                <Button size="small" type="primary" disabled={busy} onClick={() => void accept()}>
                  {t('finance:accept')}
                </Button>
              )}
              <Button size="small" aria-expanded={hand} onClick={() => setHand(!hand)}>
                {t('finance:by_hand')}
              </Button>
            </>
          )}
          {live && line.status === 'matched' && (
            <Button size="small" disabled={busy} onClick={() => void run('unmatch', { lines: [line.id] })}>
              {t('finance:unmatch')}
            </Button>
          )}
        </span>
      </div>
      {hand && open && <ByHand line={line} fields={fields} busy={busy} run={run} />}
    </li>
  );
}

const ways = ['customer_id', 'vendor_id', 'account_id', 'payment_id'] as const;

// ByHand says what a movement is: money of a customer or vendor on account, a payment on record, or something for an account of the books.
function ByHand({ line, fields, busy, run }: Pick<MovementProps, 'line' | 'fields' | 'busy' | 'run'>) {
  const { t } = useTranslation();
  const [way, setWay] = useState<(typeof ways)[number]>(String(line.amount).startsWith('-') ? 'vendor_id' : 'customer_id');
  const [value, setValue] = useState<unknown>(line[way] ?? null);
  const field = fields[way];
  const Input = field && typeOf(field).Input;
  return (
    <div className="bank-choose">
      <div className="segments" role="group" aria-label={t('finance:what_is_it')}>
        {ways.flatMap((w) =>
          fields[w]
            ? [
                <button
                  key={w}
                  type="button"
                  aria-pressed={w === way}
                  onClick={() => {
                    setWay(w);
                    setValue(null);
                  }}
                >
                  {fields[w].label}
                </button>,
              ]
            : [],
        )}
      </div>
      <span className="bank-input">
        {Input && <Input key={way} field={field} label={field.label} value={value} onChange={setValue} />}
      </span>
      <Button
        type="primary"
        disabled={!value || busy}
        onClick={() => void run('match', { lines: [{ line_id: line.id, [way]: value }] })}
      >
        {t('finance:match')}
      </Button>
    </div>
  );
}
