import { useSyncExternalStore } from 'react';

const watched = (query: string) => {
  const media = matchMedia(query);
  return () =>
    useSyncExternalStore(
      (w) => {
        media.addEventListener('change', w);
        return () => media.removeEventListener('change', w);
      },
      () => media.matches,
    );
};

// useNarrow tells a phone's screen from others.
export const useNarrow = watched('(max-width: 760px)');

// useWide tells whether two columns of cards have room beside the menu.
export const useWide = watched('(min-width: 1120px)');
