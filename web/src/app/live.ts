import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const every = 60_000;

// useLive keeps notifications and to-dos fresh while the page is looked at.
export function useLive() {
  const client = useQueryClient();
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      void client.invalidateQueries({ queryKey: ['list', 'notifications'] });
      void client.invalidateQueries({ queryKey: ['list', 'approvals'] });
    };
    const timer = setInterval(look, every);
    return () => clearInterval(timer);
  }, [client]);
}
