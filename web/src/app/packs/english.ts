// The texts of all features in one language, in a file of their own: nobody loads the other language's.
const found = import.meta.glob<{ en: object }>('../../features/*/en.ts', { eager: true });

export const pack = Object.entries(found).map(([path, m]) => ({ feature: path.split('/').at(-2) ?? '', texts: m.en }));
