import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

// useGo leads to an address of the app, which is built from data.
export function useGo() {
  const navigate = useNavigate();
  return useCallback(
    (to: string, o: { replace?: boolean } = {}) => {
      void navigate({ href: to, ...o } as never);
    },
    [navigate],
  );
}

export const recordPath = (path: string, id: string) => `/${path}/${id}`;
