import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useHotkeys } from './hotkeys';

export interface PopProps {
  trigger: (open: boolean, toggle: () => void) => ReactNode;
  children: (close: () => void) => ReactNode;
  label: string;
  side?: 'start' | 'end';
  up?: boolean;
  width?: number;
  hotkey?: string; // that opens it and leads into it
  wide?: boolean; // a form of several columns; on a phone as wide as the screen
}

// within moves a panel that would stand outside of the window back into it.
function within(panel: HTMLDivElement | null) {
  if (!panel) return;
  const { left, right } = panel.getBoundingClientRect();
  const by = right > innerWidth - 8 ? innerWidth - 8 - right : left < 8 ? 8 - left : 0;
  if (by) panel.style.translate = `${Math.round(by)}px 0`;
}

// Pop is a panel that floats at its trigger until something else is clicked or Escape is pressed.
export function Pop({ trigger, children, label, side = 'end', up, width, wide, hotkey }: PopProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const enter = () => {
    setOpen(true);
    setTimeout(() => root.current?.querySelector<HTMLElement>('.pop-panel')?.focus());
  };
  useHotkeys(hotkey ? { [hotkey]: enter } : {}, !!hotkey);
  useEffect(() => {
    if (!open) return;
    const away = (e: Event) => {
      const at = e.target as Element;
      if (!root.current?.contains(at) && !at.closest?.('.ant-select-dropdown, .ant-picker-dropdown, .ant-modal-root'))
        setOpen(false);
    };
    const leave = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      setOpen(false);
      root.current?.querySelector<HTMLElement>('button')?.focus();
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', leave, true);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keydown', leave, true);
    };
  }, [open]);
  return (
    <span className="pop" ref={root}>
      {trigger(open, () => setOpen((o) => !o))}
      {open && (
        <div
          className={`pop-panel ${side}${up ? ' up' : ''}${wide ? ' wide' : ''}`}
          role="group"
          aria-label={label}
          tabIndex={-1}
          ref={within}
          style={{ width }}
        >
          {children(() => setOpen(false))}
        </div>
      )}
    </span>
  );
}
