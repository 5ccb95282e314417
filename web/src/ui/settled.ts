import { useEffect, useState } from 'react';

// useSettled is a value once it has not changed for a moment.
export function useSettled<T>(value: T, wait = 300): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: compared by what it says
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [text, wait]);
  return settled;
}
