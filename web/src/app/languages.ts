import { addTexts, type Lang, onLang } from '@/i18n';

const packs = { zh: () => import('./packs/chinese'), en: () => import('./packs/english') };
const loaded = new Set<Lang>();

// loadTexts brings a language's texts of all features; they are reached as t('crm:pipeline'), by the folder's name.
export async function loadTexts(lang: Lang) {
  if (loaded.has(lang)) return;
  const { pack } = await packs[lang]();
  for (const { feature, texts } of pack) addTexts(lang, feature, texts);
  loaded.add(lang);
}

onLang(loadTexts);
