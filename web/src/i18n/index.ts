import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { en as viewsEn } from './views/en';
import { zh as viewsZh } from './views/zh';
import { zh } from './zh';

export type Lang = 'zh' | 'en';

const kept = localStorage.getItem('lang');

void i18n.use(initReactI18next).init({
  lng: kept === 'en' || kept === 'zh' ? kept : navigator.language.startsWith('en') ? 'en' : 'zh',
  fallbackLng: false,
  resources: { zh: { app: { ...zh, ...viewsZh } }, en: { app: { ...en, ...viewsEn } } },
  defaultNS: 'app',
  interpolation: { escapeValue: false },
  initAsync: false,
});

export const lang = (): Lang => (i18n.language === 'en' ? 'en' : 'zh');

// locale is how the API is asked for a language.
export const locale = () => (lang() === 'en' ? 'en' : 'zh-CN');

export function setLang(to: Lang) {
  localStorage.setItem('lang', to);
  return i18n.changeLanguage(to);
}

// texts adds a feature's own texts; they are reached as t('crm:pipeline').
export function texts<T extends object>(feature: string, both: { zh: T; en: T }) {
  i18n.addResourceBundle('zh', feature, both.zh);
  i18n.addResourceBundle('en', feature, both.en);
}

export default i18n;
