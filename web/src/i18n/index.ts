import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { one } from './one';
import { zh } from './zh';

export type Lang = 'zh' | 'en';

const kept = localStorage.getItem('lang');

const singular = {
  type: 'postProcessor' as const,
  name: 'one',
  process: (text: string) => (i18n.language === 'en' ? one(text) : text),
};

void i18n
  .use(initReactI18next)
  .use(singular)
  .init({
    lng: kept === 'en' || kept === 'zh' ? kept : navigator.language.startsWith('en') ? 'en' : 'zh',
    fallbackLng: false,
    resources: { zh: { app: zh }, en: { app: en } },
    defaultNS: 'app',
    interpolation: { escapeValue: false },
    postProcess: ['one'],
    initAsync: false,
  });

export const lang = (): Lang => (i18n.language === 'en' ? 'en' : 'zh');

// locale is how the API is asked for a language.
export const locale = () => (lang() === 'en' ? 'en' : 'zh-CN');

let load: (to: Lang) => Promise<void> = () => Promise.resolve();

// onLang names who brings more texts before another language shows.
export function onLang(bring: typeof load) {
  load = bring;
}

// bringLang makes a language's texts ready, for what is shown in another language than the app.
export const bringLang = (to: Lang) => load(to);

export async function setLang(to: Lang) {
  await load(to);
  localStorage.setItem('lang', to);
  await i18n.changeLanguage(to);
}

// addTexts files texts in one language: a feature's under its name, or more of the app's own.
export function addTexts(to: Lang, feature: string, texts: object) {
  i18n.addResourceBundle(to, feature, texts);
}

export default i18n;
