import type { DatePickerProps, SelectProps } from 'antd';
import type { Dayjs } from 'dayjs';
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { composing } from './hotkeys';

// The heavy widgets come when the first of them is shown.
const LazySelect = lazy(async () => ({ default: (await import('antd/es/select')).default as unknown as React.FC<SelectProps> }));
const LazyDate = lazy(async () => ({
  default: (await import('antd/es/date-picker')).default as unknown as React.FC<DatePickerProps<Dayjs>>,
}));

const Waiting = ({ small }: { small?: boolean }) => (
  <span className={`input${small ? ' small' : ''}`} aria-busy="true" style={{ display: 'block' }} />
);

// Named names the list of choices, which the widget leaves without a name.
function Named({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    for (const list of at.current?.querySelectorAll('[role=listbox]') ?? []) list.setAttribute('aria-label', t('to_choose'));
  });
  return <div ref={at}>{children}</div>;
}

// Select searches once an input method is done, and leaves its Enter to it.
export function Select(p: SelectProps) {
  const writes = useRef(false);
  const given = typeof p.showSearch === 'object' ? p.showSearch : undefined;
  const search = given?.onSearch;
  const showSearch = search ? { ...given, onSearch: (s: string) => !writes.current && search(s) } : p.showSearch;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what an input method does inside
    <span
      style={{ display: 'contents' }}
      onCompositionStartCapture={() => {
        writes.current = true;
      }}
      onCompositionEndCapture={(e) => {
        writes.current = false;
        search?.((e.target as HTMLInputElement).value);
      }}
      onKeyDownCapture={(e) => composing(e) && e.stopPropagation()}
    >
      <Suspense fallback={<Waiting small={p.size === 'small'} />}>
        <LazySelect
          {...p}
          popupRender={(menu) => <Named>{menu}</Named>}
          showSearch={showSearch}
          style={{ width: '100%', ...p.style }}
        />
      </Suspense>
    </span>
  );
}

export const DatePicker = (p: DatePickerProps<Dayjs>) => (
  <Suspense fallback={<Waiting small={p.size === 'small'} />}>
    <LazyDate {...p} style={{ width: '100%', ...p.style }} />
  </Suspense>
);
