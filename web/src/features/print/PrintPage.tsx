import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { FileDown, Printer, X } from 'lucide-react';
import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { url } from '@/api/http';
import { useMe } from '@/api/me';
import { bringLang } from '@/i18n';
import { useGo } from '@/ui/go';
import { useHotkeys } from '@/ui/hotkeys';
import { Empty, Skeleton } from '@/ui/parts';
import { PaperView } from './PaperView';
import { usePaper } from './paper';
import './print.css';

// PrintPage shows a document as it comes out of the printer: one A4 page after the other, in the language of whoever gets it.
export default function PrintPage() {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const navigate = useNavigate();
  const me = useMe();
  const { _splat: at = '' } = useParams({ strict: false }) as { _splat?: string };
  const search = useSearch({ strict: false }) as { lang?: string };
  const [path, id] = [at.slice(0, at.lastIndexOf('/')), at.slice(at.lastIndexOf('/') + 1)];
  const lang = search.lang === 'en' ? 'en' : search.lang === 'zh' || i18n.language.startsWith('zh') ? 'zh' : 'en';
  const paper = usePaper(path, id);
  const texts = useQuery({
    queryKey: ['texts', lang],
    queryFn: () => bringLang(lang).then(() => true),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const close = () => go(`/${at}`);
  const words = i18n.getFixedT(lang);
  useHotkeys({ escape: close });
  useEffect(() => {
    const { document: d, row } = paper.data ?? {};
    if (d && row && texts.data) document.title = `${words(`print:${d.title}`)} ${row.no ?? ''} · ${me?.tenant.name ?? ''}`; // names the PDF
  }, [paper.data, texts.data, words, me]);
  return createPortal(
    <div className="print-page">
      <header className="print-bar">
        <Button icon={<X size={14} />} onClick={close}>
          {t('print:close')}
        </Button>
        <span className="grow" />
        <div className="segments" role="group" aria-label={t('print:language')}>
          {(['zh', 'en'] as const).map((l) => (
            <button
              key={l}
              type="button"
              aria-pressed={l === lang}
              onClick={() => void navigate({ to: '.', search: { lang: l }, replace: true } as never)}
            >
              {i18n.getFixedT(l)('own_language')}
            </button>
          ))}
        </div>
        <Button icon={<FileDown size={14} />} href={url(`${path}/${id}/pdf`, { lang })} disabled={!paper.data}>
          PDF
        </Button>
        <Button type="primary" icon={<Printer size={14} />} disabled={!paper.data} onClick={() => window.print()}>
          {t('print:print_or_pdf')}
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <main className="print-desk" tabIndex={0}>
        {paper.data && texts.data ? (
          <PaperView paper={paper.data} lang={lang} company={me?.tenant.name ?? ''} />
        ) : paper.data || (paper.isPending && paper.fetchStatus !== 'idle') ? (
          <Skeleton rows={12} />
        ) : (
          <Empty icon={Printer} title={t('print:missing')} action={<Button onClick={close}>{t('print:close')}</Button>}>
            {t('print:missing_hint')}
          </Empty>
        )}
      </main>
    </div>,
    document.body,
  );
}
