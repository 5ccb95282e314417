import { useEffect, useRef } from 'react';

export type Keymap = Record<string, (e: KeyboardEvent) => void>;

// composing tells whether an input method is still choosing characters: its Enter is not ours.
export const composing = (e: {
  isComposing?: boolean;
  keyCode?: number;
  nativeEvent?: { isComposing?: boolean; keyCode?: number };
}) => {
  const n = e.nativeEvent ?? e;
  return n.isComposing === true || n.keyCode === 229;
};

// chord names a key press: "mod+k", "shift+enter", "?", "j". mod is Ctrl, or Command on a Mac.
export function chord(e: KeyboardEvent): string {
  const key = e.key.toLowerCase();
  const parts: string[] = [];
  if (e.ctrlKey || e.metaKey) parts.push('mod');
  if (e.altKey) parts.push('alt');
  if (e.shiftKey && key.length > 1) parts.push('shift');
  parts.push(key === ' ' ? 'space' : key);
  return parts.join('+');
}

const writes = (t: EventTarget | null) =>
  t instanceof HTMLElement &&
  (t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) || t.getAttribute('role') === 'combobox');

// useHotkeys listens while a component is there. Keys without mod are left to whoever is writing, and dialogs keep the page's keys from working.
export function useHotkeys(keys: Keymap, on = true) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    if (!on) return;
    const listen = (e: KeyboardEvent) => {
      if (e.defaultPrevented || composing(e)) return;
      const name = chord(e);
      const act = now.current[name];
      if (!act || (!name.includes('mod+') && name !== 'escape' && writes(e.target))) return;
      if (document.querySelector('[role=dialog][aria-modal=true]') && !name.startsWith('mod+')) return;
      e.preventDefault();
      act(e);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [on]);
}
