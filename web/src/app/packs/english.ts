import { en as views } from '@/i18n/views/en';

// The texts of all features and views in one language, in a file of their own: nobody loads the other language's.
const found = import.meta.glob<{ en: object }>('../../features/*/en.ts', { eager: true });
const features = Object.entries(found).map(([path, m]) => ({ feature: path.split('/').at(-2) ?? '', texts: m.en }));

export const pack = [{ feature: 'app', texts: views }, ...features];
