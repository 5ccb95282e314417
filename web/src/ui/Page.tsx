import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import './css/page.css';

export interface PageProps {
  title: ReactNode;
  name?: string; // of the browser's tab, where the title is more than a text
  beside?: ReactNode; // right after the title: a state, a count
  actions?: ReactNode;
  toolbar?: ReactNode;
  back?: () => void;
  padded?: boolean; // on the canvas, with margins, scrolling as a whole
  children: ReactNode;
}

// Page is the frame of every page: a head with title and actions, a toolbar, a body.
export function Page({ title, name, beside, actions, toolbar, back, padded, children }: PageProps) {
  const { t } = useTranslation();
  const tab = name ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = tab ? `${tab} · Tenon` : 'Tenon';
  }, [tab]);
  return (
    <div className="page">
      <header className="page-head">
        {back && (
          <button type="button" className="icon-button" aria-label={t('back')} onClick={back}>
            <ArrowLeft size={16} />
          </button>
        )}
        <h1 className="clip">{title}</h1>
        {beside}
        <span className="grow" />
        <div className="page-actions">{actions}</div>
      </header>
      {toolbar && <div className="toolbar">{toolbar}</div>}
      <div className={padded ? 'page-body padded' : 'page-body'}>{children}</div>
    </div>
  );
}
