import type { DatePickerProps, SelectProps } from 'antd';
import type { Dayjs } from 'dayjs';
import { lazy, Suspense } from 'react';

// The heavy widgets come when the first of them is shown.
const LazySelect = lazy(async () => ({ default: (await import('antd/es/select')).default as unknown as React.FC<SelectProps> }));
const LazyDate = lazy(async () => ({
  default: (await import('antd/es/date-picker')).default as unknown as React.FC<DatePickerProps<Dayjs>>,
}));

const Waiting = ({ small }: { small?: boolean }) => (
  <span className={`input${small ? ' small' : ''}`} aria-busy="true" style={{ display: 'block' }} />
);

export const Select = (p: SelectProps) => (
  <Suspense fallback={<Waiting small={p.size === 'small'} />}>
    <LazySelect {...p} style={{ width: '100%', ...p.style }} />
  </Suspense>
);

export const DatePicker = (p: DatePickerProps<Dayjs>) => (
  <Suspense fallback={<Waiting small={p.size === 'small'} />}>
    <LazyDate {...p} style={{ width: '100%', ...p.style }} />
  </Suspense>
);
