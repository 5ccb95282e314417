import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/problem';

// Mistakes says what was refused, all of it at once, by the names that the user knows.
export function Mistakes({ problem, labels = {} }: { problem: Problem; labels?: Record<string, string> }) {
  const { t } = useTranslation();
  const name = (path: string) => {
    const m = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(path);
    if (m) return t('mistakes.line', { line: Number(m[2]) + 1, field: labels[`${m[1]}.${m[3]}`] ?? m[3] });
    return labels[path] ?? '';
  };
  return (
    <div className="notice tone-red" role="alert">
      <CircleAlert size={16} aria-hidden="true" />
      <div>
        <b>{problem.offline ? t('offline.banner') : problem.message}</b>
        {problem.fields.length > 0 && (
          <ul>
            {problem.fields.map((f) => (
              <li key={f.field + f.reason}>
                {name(f.field)} {f.detail}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
