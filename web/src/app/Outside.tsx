import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lang, setLang } from '@/i18n';
import './outside.css';

// Outside is the frame of the pages before a session.
export function Outside({ title, hint, children, foot }: { title: string; hint: string; children: ReactNode; foot: ReactNode }) {
  const { t } = useTranslation();
  document.title = `${title} · Tenon`;
  return (
    <div className="outside">
      <section className="pitch" aria-hidden="true">
        <div className="mark">
          <span className="logo">T</span>Tenon
        </div>
        <p className="claim">{t('pitch.claim')}</p>
        <ol>
          {(['deal', 'order', 'make', 'ship', 'paid'] as const).map((step) => (
            <li key={step}>{t(`pitch.${step}`)}</li>
          ))}
        </ol>
      </section>
      <main className="panel">
        <div className="narrow">
          <h1>{title}</h1>
          <p className="muted">{hint}</p>
          {children}
          <p className="foot">{foot}</p>
        </div>
        <button type="button" className="language" onClick={() => void setLang(lang() === 'en' ? 'zh' : 'en')}>
          {t('other_language')}
        </button>
      </main>
    </div>
  );
}
