import { useState } from 'react';
import type { Draft } from './draft';

// useKept holds a draft through a reload.
export function useKept(name: string, start: Draft): [Draft, (d: Draft) => void, () => void] {
  const [draft, setDraft] = useState<Draft>(() => {
    try {
      return (JSON.parse(sessionStorage.getItem(name) ?? 'null') as Draft | null) ?? start;
    } catch {
      return start;
    }
  });
  const put = (d: Draft) => {
    setDraft(d);
    sessionStorage.setItem(name, JSON.stringify(d));
  };
  return [draft, put, () => sessionStorage.removeItem(name)];
}
