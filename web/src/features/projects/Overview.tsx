import { useTranslation } from 'react-i18next';
import type { RecordProps } from '@/data/feature';
import { lang } from '@/i18n';
import { fieldOf } from '@/meta/meta';
import { isDenied, Value } from '@/meta/Value';
import { ratio } from '@/ui/decimal';
import { Bar, Denied, State, type Tone } from '@/ui/parts';
import './projects.css';

const tones: Record<string, Tone> = { green: 'green', amber: 'amber', red: 'red' };

// Overview is how a project stands: its health and why, how far it is, what it has used of time and money.
export default function Overview({ entity, row }: RecordProps) {
  const { t } = useTranslation();
  const health = fieldOf(entity, 'health');
  const why = row[lang() === 'zh' ? 'health_text_zh' : 'health_text_en'];
  const label = health?.options?.find((o) => o.value === row.health)?.label ?? String(row.health ?? '');
  const of = (name: string) => {
    const f = fieldOf(entity, name);
    if (isDenied(row, name) || !f) return <Denied />;
    return <Value field={f} row={row} />;
  };
  const used = (a: string, b: string) => ratio(String(row[a] ?? '0'), String(row[b] ?? '0')) * 100;
  const known = (n: string) => row[n] !== undefined && !isDenied(row, n);
  return (
    <section className="card project-head" aria-label={t('projects:standing')}>
      <div className="project-health">
        <State tone={tones[String(row.health)] ?? 'gray'}>{label}</State>
        <span>{why ? String(why) : t('projects:no_reason')}</span>
      </div>
      <dl className="project-numbers">
        <div>
          <dt>{t('projects:progress')}</dt>
          <dd>{of('progress')}</dd>
        </div>
        <div>
          <dt>{t('projects:time')}</dt>
          <dd>
            {String(row.start_date ?? '–')} – {String(row.end_date ?? '–')}
          </dd>
        </div>
        <div>
          <dt>{t('projects:hours')}</dt>
          <dd>
            {of('actual_hours')} / {of('planned_hours')} <Bar percent={used('actual_hours', 'planned_hours')} />
          </dd>
        </div>
        <div>
          <dt>{t('projects:cost')}</dt>
          <dd>
            {of('actual_cost')} / {of('budget_amount')}{' '}
            {known('actual_cost') && known('budget_amount') && <Bar percent={used('actual_cost', 'budget_amount')} />}
          </dd>
        </div>
        <div>
          <dt>{t('projects:margin')}</dt>
          <dd>{of('margin')}</dd>
        </div>
        <div>
          <dt>{t('projects:baseline')}</dt>
          <dd>{row.baseline_on ? t('projects:baseline_on', { date: row.baseline_on }) : t('projects:no_baseline')}</dd>
        </div>
      </dl>
    </section>
  );
}
