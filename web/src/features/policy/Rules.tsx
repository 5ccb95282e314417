import { ShieldBan, ShieldQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import { type Condition, type Rule, worded } from './rights';

interface RulesProps {
  rules: Rule[];
  labels: Record<string, string>; // of roles
  onChange: (rules: Rule[]) => void;
}

// Rules are what stands above the grid: what is denied whatever a grant says, and what others must agree to. Amounts from which they hold are changed here.
export function Rules({ rules, labels, onChange }: RulesProps) {
  const set = (rule: Rule, at: number, value: string) =>
    onChange(
      rules.map((r) =>
        r !== rule || !r.approval
          ? r
          : { ...r, approval: { ...r.approval, when: r.approval.when?.map((c, i) => (i === at ? { ...c, value } : c)) } },
      ),
    );
  return (
    <ul className="rules">
      {rules.map((r) => (
        <One key={r.id} rule={r} labels={labels} onValue={(at, v) => set(r, at, v)} />
      ))}
    </ul>
  );
}

const amount = (c: Condition) => c.kind === 'amount' && !Array.isArray(c.value);

function One({
  rule,
  labels,
  onValue,
}: {
  rule: Rule;
  labels: Record<string, string>;
  onValue: (at: number, v: string) => void;
}) {
  const { t } = useTranslation();
  const meta = useMeta();
  const a = rule.approval;
  const of = meta.named(a?.entity);
  const roles = (list: string[] = []) => list.map((r) => labels[r] ?? r).join(' / ');
  const Icon = a ? ShieldQuestion : ShieldBan;
  return (
    <li className="card rule">
      <Icon size={18} className={a ? undefined : 'wrong'} aria-hidden="true" />
      <div className="grow">
        <b>{worded(lang() === 'en' ? rule.label.en : rule.label.zh, of)}</b>
        <div className="muted note">
          {a
            ? `${of?.label ?? ''} · ${t('admin:right.approvers', { who: a.approvers.map((s) => roles(s.roles)).join(' → ') })}`
            : t('admin:right.of', { right: t('admin:right.who'), what: roles(rule.deny?.roles) })}
        </div>
      </div>
      {a?.when?.map(
        (c, i) =>
          amount(c) && (
            <label key={c.field + c.op} className="labelled">
              <span className="note">
                {t('admin:right.threshold', {
                  field: (of && fieldOf(of, c.field)?.label) ?? '',
                  op: t(`op.${c.op}`, { defaultValue: c.op }),
                })}
              </span>
              <input
                className="input small num"
                inputMode="decimal"
                value={String(c.value ?? '')}
                onChange={(e) => onValue(i, e.target.value.trim())}
              />
            </label>
          ),
      )}
      <span className={`state tone-${a ? 'amber' : 'red'}`}>{t(a ? 'admin:right.approval' : 'admin:right.deny')}</span>
    </li>
  );
}
