import { Button } from 'antd';
import { CloudOff, FileQuestion, Lock, ServerCrash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { useGo } from '@/ui/go';
import { Empty } from '@/ui/parts';

// Missing is shown where there is no page: the address is wrong, or what was there is not for this user.
export function Missing() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Empty icon={FileQuestion} title={t('error.missing')} action={<Button onClick={() => go('/')}>{t('error.home')}</Button>}>
      {t('error.missing_hint')}
    </Empty>
  );
}

// Failed says what went wrong in the server's words, and what to do.
export function Failed({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const p = isProblem(error) ? error : undefined;
  if (p?.status === 404) return <Missing />;
  const [icon, title, hint] = p?.offline
    ? [CloudOff, t('offline.title'), t('offline.hint')]
    : p?.status === 403
      ? [Lock, t('error.forbidden'), p.message]
      : p?.status === 402
        ? [Lock, p.message, t('error.module_off')]
        : [ServerCrash, t('error.broken'), p?.message ?? t('error.broken_hint')];
  const ref = typeof p?.data.request_id === 'string' ? p.data.request_id : undefined;
  return (
    <Empty
      icon={icon}
      title={title}
      action={
        <span style={{ display: 'flex', gap: 8 }}>
          {reset && (
            <Button type="primary" onClick={reset}>
              {t('retry')}
            </Button>
          )}
          <Button onClick={() => go('/')}>{t('error.home')}</Button>
        </span>
      }
    >
      {hint}
      {ref && <div className="muted">{t('error.reference', { ref })}</div>}
    </Empty>
  );
}
