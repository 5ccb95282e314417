import { useSyncExternalStore } from 'react';

let up = true;
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

const tell = () => {
  for (const w of watchers) w();
};

// reached notes whether the server answered. While it does not, it is asked every five seconds.
export function reached(ok: boolean) {
  if (ok === up) return;
  up = ok;
  tell();
  clearInterval(timer);
  if (!ok) timer = setInterval(() => void knock(), 5000);
}

// knock asks whether the server is there again.
export async function knock(): Promise<boolean> {
  try {
    const r = await fetch('/healthz', { cache: 'no-store' });
    if (r.ok) reached(true);
    return r.ok;
  } catch {
    return false;
  }
}

export const useOnline = () =>
  useSyncExternalStore(
    (w) => {
      watchers.add(w);
      return () => watchers.delete(w);
    },
    () => up,
  );
