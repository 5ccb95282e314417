import { useRef } from 'react';

// useOnce keeps a second click from starting what still runs: a button learns only with the next render that it is busy.
export function useOnce<A extends unknown[]>(work: (...a: A) => Promise<void>) {
  const busy = useRef(false);
  return async (...a: A) => {
    if (busy.current) return;
    busy.current = true;
    try {
      await work(...a);
    } finally {
      busy.current = false;
    }
  };
}
