import { Link } from '@tanstack/react-router';
import { Mail, Printer } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordProps } from '@/data/feature';
import { useMeta } from '@/meta/meta';
import { capital } from '@/ui/capital';
import { company } from '@/ui/format';
import { printable } from './documents';
import './print.css';

const MailDialog = lazy(() => import('./MailDialog'));

// Strip stands above a document: its amount in capitals where it is in yuan, and the way to its print in both languages.
export default function Strip({ entity, row }: RecordProps) {
  const { t, i18n } = useTranslation();
  const sends = !!useMeta().named('mail.document')?.create;
  const [mail, setMail] = useState(false);
  const sum = (row.total_amount ?? row.amount) as string | undefined;
  const yuan = (row.currency || company.currency) === 'CNY' && entity.name.startsWith('finance.');
  const paper = printable(entity.path);
  if (!paper && !(sum && yuan)) return null;
  return (
    <section className={`print-strip${sum && yuan ? ' card' : ' bare'}`} aria-label={t('print:strip')}>
      {sum && yuan && (
        <span>
          <span className="muted">{t('print:capital')}</span> <b lang="zh-CN">{capital(sum)}</b>
        </span>
      )}
      <span className="grow" />
      {paper && (
        <span className="print-links">
          <Printer size={14} aria-hidden="true" />
          <span className="muted">{t('print:print')}</span>
          {(['zh', 'en'] as const).map((l) => (
            <Link key={l} to={`/print/${entity.path}/${row.id}` as '/'} search={{ lang: l } as never}>
              {i18n.getFixedT(l)('own_language')}
            </Link>
          ))}
          {sends && (
            <button type="button" className="link" onClick={() => setMail(true)}>
              <Mail size={14} aria-hidden="true" />
              {t('print:mail.open')}
            </button>
          )}
        </span>
      )}
      {mail && (
        <Suspense fallback={null}>
          <MailDialog entity={entity} row={row} onClose={() => setMail(false)} />
        </Suspense>
      )}
    </section>
  );
}
