import { useTranslation } from 'react-i18next';
import { useTitle } from '@/api/titles';
import { stepsOf } from '@/data/todo';
import { useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { time } from '@/ui/format';
import { State, type Tone } from '@/ui/parts';

const tones: Record<string, Tone> = { approved: 'green', rejected: 'red', active: 'amber' };

const Person = ({ id }: { id: string }) => useTitle(useMeta().named('user'), 'id', id) ?? '…';

// Steps says who has to agree, one after the other, and who has.
export function Steps({ row }: { row: Row }) {
  const { t } = useTranslation();
  const steps = stepsOf(row);
  if (steps.length === 0) return null;
  return (
    <ol className="approval-steps" aria-label={t('approvals:steps')}>
      {steps.map((s, i) => (
        <li key={s.id}>
          <State tone={tones[s.status] ?? 'gray'}>
            {t(`approvals:step_state.${s.status}`, { defaultValue: t('approvals:step_state.waiting') })}
          </State>
          <span>
            <span className="muted">{t('approvals:step', { n: i + 1 })}</span>{' '}
            {s.roles.map((r) => t(`role.${r}`, { defaultValue: r })).join(' / ')}
            {s.users.map((u, n) => (
              <span key={u}>
                {(n > 0 || s.roles.length > 0) && ' / '}
                <Person id={u} />
              </span>
            ))}
            {s.roles.length + s.users.length > 1 && (
              <span className="muted note">{t(`approvals:${s.mode === 'all' ? 'all' : 'any'}`)}</span>
            )}
            {s.decided_by && (
              <span className="muted note">
                <Person id={s.decided_by} /> · {time(String(s.decided_at))}
              </span>
            )}
            {s.comment && <span className="bubble">{s.comment}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
