import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fate } from '@/api/records';
import { useMeta } from '@/meta/meta';
import { group } from '@/ui/decimal';
import { money } from '@/ui/format';
import { State, type Tone } from '@/ui/parts';

// Choose takes what is chosen for a document; undefined leaves it to its owner.
export type Choose = (record: string, choice: string | undefined) => void;

const tones: Record<Fate['effect'], Tone> = {
  decision: 'amber',
  cancelled: 'red',
  reduced: 'blue',
  raised: 'blue',
  kept: 'gray',
};

// Fates says what becomes of each document that is there already, and lets one choose for what is under way.
export function Fates({ list, onChoose }: { list: Fate[]; onChoose?: Choose }) {
  const { t } = useTranslation();
  if (list.length === 0) return null;
  const quiet = (f: Fate) => f.entity === 'inventory.reservation' && f.effect !== 'decision'; // follow from the others
  const rest = list.filter(quiet);
  const rows = (some: Fate[]) => (
    <ul>
      {some.map((f, i) => (
        <One key={`${f.entity}${f.record_id}${i}`} fate={f} onChoose={onChoose} />
      ))}
    </ul>
  );
  return (
    <section className="outcome-fates" aria-label={t('outcome.fates')}>
      <b>{t('outcome.fates')}</b>
      {rows(list.filter((f) => !quiet(f)))}
      {rest.length > 0 && (
        <details>
          <summary>{t('outcome.reservations', { n: rest.length })}</summary>
          {rows(rest)}
        </details>
      )}
    </section>
  );
}

// places keeps the cents of amounts, which both come with them; quantities come without.
const places = (f: Fate) => ([f.from, f.to].every((v) => /\.\d{2}/.test(v ?? '')) ? 2 : 0);

function One({ fate: f, onChoose }: { fate: Fate; onChoose?: Choose }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const asked = !!f.choices?.length;
  return (
    <li>
      <div className="fate">
        <State tone={tones[f.effect]}>{t(`outcome.fate.${f.effect}`)}</State>
        <span>{meta.named(f.entity)?.label ?? f.label}</span>
        <b>{f.no}</b>
        {f.from !== undefined && f.to !== undefined && (
          <span>
            {group(f.from, places(f))} → {group(f.to, places(f))}
          </span>
        )}
        {f.cost !== undefined && !asked && <span className="muted">{t('outcome.cost', { sum: money(f.cost) })}</span>}
        {!onChoose &&
          f.choices?.map((c) => (
            <span key={c.choice} className="muted">
              {c.label}
              {c.cost !== undefined && ` ${money(c.cost)}`}
            </span>
          ))}
      </div>
      {onChoose && asked && <Choices fate={f} onChoose={onChoose} />}
    </li>
  );
}

// Choices are the ways to deal with a document that is under way, each with what it costs.
function Choices({ fate: f, onChoose }: { fate: Fate; onChoose: Choose }) {
  const { t } = useTranslation();
  const name = useId();
  const options = [{ choice: '', label: t('outcome.later'), cost: undefined }, ...(f.choices ?? [])];
  return (
    <fieldset className="fate-choices">
      <legend>{t('outcome.choose', { no: f.no })}</legend>
      {options.map((c) => (
        <label key={c.choice} className="fate-choice">
          <input
            type="radio"
            name={name}
            checked={(f.chosen ?? '') === c.choice}
            onChange={() => onChoose(f.record_id, c.choice || undefined)}
          />
          <span>{c.label}</span>
          {c.cost !== undefined && <span className="num">{t('outcome.cost', { sum: money(c.cost) })}</span>}
        </label>
      ))}
    </fieldset>
  );
}
