import './app/csp';
import '@fontsource-variable/inter/wght.css';
import './ui/css/tokens.css';
import './ui/css/base.css';
import './ui/css/parts.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { loadTexts } from './app/languages';
import { lang } from './i18n';

const root = document.getElementById('root');
if (root) {
  void loadTexts(lang()).then(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
