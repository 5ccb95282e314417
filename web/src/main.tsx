import './app/csp';
import '@fontsource-variable/inter/wght.css';
import './ui/css/tokens.css';
import './ui/css/base.css';
import './ui/css/parts.css';
import './i18n';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
