import { useTranslation } from 'react-i18next';
import { dateOf, dayOf } from '@/data/schedule';
import { compare, group, ratio } from '@/ui/decimal';
import type { Day } from './Stock';

const [width, height] = [640, 120];

// stepped draws a level that stays until the day on which it changes.
function stepped(points: [number, number][], end: number) {
  return `${points.map(([x, y], i) => (i === 0 ? `M${x} ${y}` : `H${x}V${y}`)).join('')}H${end}`;
}

// Forecast draws how much there will be, and how much of it can be promised, from today to the last day that is known.
export function Forecast({ days, level }: { days: Day[]; level: string }) {
  const { t } = useTranslation();
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last || days.length < 2) return null;
  const all = days.flatMap((d) => [d.projected, d.projected_free]);
  const top = all.reduce((a, b) => (compare(b, a) > 0 ? b : a), compare(level, '0') > 0 ? level : '1');
  const bottom = all.reduce((a, b) => (compare(b, a) < 0 ? b : a), '0');
  const from = dayOf(first.date);
  const span = Math.max(7, dayOf(last.date) - from + 3);
  const [high, low] = [ratio(top, '1'), ratio(bottom, '1')];
  const x = (date: string) => ((dayOf(date) - from) / span) * width;
  const y = (v: string) => 6 + (1 - (ratio(v, '1') - low) / (high - low || 1)) * (height - 12);
  const stock = stepped(
    days.map((d) => [x(d.date), y(d.projected)]),
    width,
  );
  const free = stepped(
    days.map((d) => [x(d.date), y(d.projected_free)]),
    width,
  );
  return (
    <figure className="forecast">
      <figcaption>
        <span className="key-stock">{t('inventory:projected')}</span>
        <span className="key-free">{t('inventory:projected_free')}</span>
        {compare(level, '0') > 0 && <span className="key-level">{t('inventory:safety')}</span>}
      </figcaption>
      <div className="forecast-plot">
        <span className="muted">{group(top)}</span>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('inventory:forecast', {
            from: first.date,
            to: last.date,
            low: group(days.reduce((a, d) => (compare(d.projected, a) < 0 ? d.projected : a), first.projected)),
            end: group(last.projected),
          })}
        >
          <path className="area" d={`${stock}V${y('0')}H0z`} />
          <line className="zero" x1={0} x2={width} y1={y('0')} y2={y('0')} />
          {compare(level, '0') > 0 && <line className="level" x1={0} x2={width} y1={y(level)} y2={y(level)} />}
          <path className="stock-line" d={stock} />
          <path className="free-line" d={free} />
        </svg>
        <span className="muted">{group(bottom)}</span>
      </div>
      <div className="forecast-days muted">
        <span>{first.date}</span>
        <span>{dateOf(from + Math.round(span / 2))}</span>
        <span>{dateOf(from + span)}</span>
      </div>
    </figure>
  );
}
