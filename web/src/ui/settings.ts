import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const watchers = new Set<() => void>();
const dark = matchMedia('(prefers-color-scheme: dark)');
const kept = localStorage.getItem('theme');
let theme: Theme = kept === 'light' || kept === 'dark' ? kept : 'system';

const apply = () => {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  for (const w of watchers) w();
};

export const isDark = () => theme === 'dark' || (theme === 'system' && dark.matches);

export function setTheme(to: Theme) {
  theme = to;
  localStorage.setItem('theme', to);
  apply();
}

dark.addEventListener('change', apply);
apply();

const subscribe = (w: () => void) => {
  watchers.add(w);
  return () => watchers.delete(w);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme);
export const useDark = (): boolean => useSyncExternalStore(subscribe, isDark);

// remembered is what one browser keeps of a list: widths, shown columns.
export function remembered<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(`tenon.${key}`) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export const remember = (key: string, value: unknown) => localStorage.setItem(`tenon.${key}`, JSON.stringify(value));
