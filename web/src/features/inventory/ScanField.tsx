import { Keyboard, ScanBarcode } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { composing } from '@/ui/hotkeys';

const writes = (t: EventTarget | null) =>
  t instanceof HTMLElement && t.matches('input, textarea, select, [role=combobox], [contenteditable]');

// ScanField is where a scanner types: it has the focus, gets it back, and takes what is typed elsewhere on the page. Enter ends a scan.
export function ScanField({ label, onScan, focus }: { label: string; onScan: (text: string) => void; focus: unknown }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [typing, setTyping] = useState(false); // on a touch screen the keyboard would cover the lines
  const touch = matchMedia('(pointer: coarse)').matches;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever happened, the next scan comes
  useEffect(() => input.current?.focus({ preventScroll: true }), [focus, typing]);
  useEffect(() => {
    const catchKeys = (e: KeyboardEvent) => {
      const plain = e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey && !e.altKey;
      if (plain && !writes(e.target) && !document.querySelector('[role=dialog][aria-modal=true]')) input.current?.focus();
    };
    addEventListener('keydown', catchKeys, true);
    return () => removeEventListener('keydown', catchKeys, true);
  }, []);
  return (
    <div className="scan-field">
      <ScanBarcode size={22} aria-hidden="true" />
      <input
        ref={input}
        className="input"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        inputMode={touch && !typing ? 'none' : 'text'}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || composing(e)) return;
          e.preventDefault();
          const text = e.currentTarget.value.normalize('NFKC').trim();
          e.currentTarget.value = '';
          if (text) onScan(text);
        }}
      />
      {touch && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('inventory:keyboard')}
          aria-pressed={typing}
          onClick={() => setTyping(!typing)}
        >
          <Keyboard size={20} />
        </button>
      )}
    </div>
  );
}
