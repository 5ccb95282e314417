import { Lock } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Tone = 'gray' | 'blue' | 'green' | 'amber' | 'red';

// State is a status: a dot and a text, never colour alone.
export const State = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`state tone-${tone}`}>{children}</span>
);

const sum = (s: string) => [...s].reduce((a, c) => a + (c.codePointAt(0) ?? 0), 0);

export const Avatar = ({ name }: { name: string }) => (
  <span className={`avatar avatar-${sum(name) % 6}`} aria-hidden="true">
    {[...name][0] ?? ''}
  </span>
);

// Denied stands where a value would be that the user may not see.
export function Denied({ reason }: { reason?: string }) {
  const { t } = useTranslation();
  return (
    <span className="denied" title={reason ?? t('denied.why')}>
      <Lock size={12} aria-hidden="true" />
      {t('denied.short')}
    </span>
  );
}

export const Bar = ({ percent }: { percent: number }) => (
  <span className="bar" aria-hidden="true">
    <i style={{ width: `${Math.max(0, Math.min(100, percent))}%` }} />
  </span>
);

export interface EmptyProps {
  icon?: ComponentType<{ size?: number; strokeWidth?: number }>;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

// Empty says why there is nothing here and what to do next.
export const Empty = ({ icon: Icon, title, children, action }: EmptyProps) => (
  <div className="empty">
    {Icon && <Icon size={28} strokeWidth={1.5} />}
    <b>{title}</b>
    {children && <span>{children}</span>}
    {action}
  </div>
);

export function Skeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeletons" role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="skeleton" style={{ width: `${60 + ((i * 17) % 35)}%`, margin: '14px 20px' }} />
      ))}
    </div>
  );
}

export interface IconButtonProps {
  icon: ComponentType<{ size?: number; strokeWidth?: number }>;
  label: string;
  onClick?: () => void;
  count?: number;
  expanded?: boolean;
}

export const IconButton = ({ icon: Icon, label, onClick, count, expanded }: IconButtonProps) => (
  <button type="button" className="icon-button" title={label} onClick={onClick} aria-expanded={expanded}>
    <Icon size={16} strokeWidth={1.75} />
    <span className="sr">{label}</span>
    {!!count && (
      <span className="count" aria-hidden="true">
        {count > 99 ? '99+' : count}
      </span>
    )}
  </button>
);

export interface TabItem {
  key: string;
  label: ReactNode;
  count?: number;
}

// Tabs moves with the arrow keys, as tab lists do.
export function Tabs({
  items,
  value,
  onChange,
  label,
}: {
  items: TabItem[];
  value: string;
  onChange: (key: string) => void;
  label: string;
}) {
  const step = (by: number) => {
    const at = items.findIndex((i) => i.key === value);
    const next = items[(at + by + items.length) % items.length];
    if (next) onChange(next.key);
  };
  return (
    <div className="tabs" role="tablist" aria-label={label}>
      {items.map((i) => (
        <button
          key={i.key}
          type="button"
          role="tab"
          aria-selected={i.key === value}
          tabIndex={i.key === value ? 0 : -1}
          onClick={() => onChange(i.key)}
          onKeyDown={(e) => (e.key === 'ArrowRight' ? step(1) : e.key === 'ArrowLeft' ? step(-1) : undefined)}
        >
          {i.label}
          {i.count !== undefined && <span className="muted">{i.count}</span>}
        </button>
      ))}
    </div>
  );
}
