import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 760px)');

// useNarrow tells a phone's screen from others.
export const useNarrow = () =>
  useSyncExternalStore(
    (w) => {
      narrow.addEventListener('change', w);
      return () => narrow.removeEventListener('change', w);
    },
    () => narrow.matches,
  );
