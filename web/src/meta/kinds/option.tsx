import { State, type Tone } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { blank, type FieldType } from '../kind';

const tones: [RegExp, Tone][] = [
  [
    /^(done|paid|won|posted|shipped|received|approved|completed?|closed|active|resolved|invoiced|billed|green|accepted|converted|reached|awarded|applied)$/,
    'green',
  ],
  [/^(pending|pending_approval|waiting|partial|amber|soft_locked|on_hold|returned|requested|ordered|high)$/, 'amber'],
  [/^(lost|rejected|declined|red|void|failed|overdue|critical|hard_locked|disqualified|suspended|urgent)$/, 'red'],
  [
    /^(confirmed|in_progress|released|ready|open|started|running|sent|planned|assigned|contacted|qualified|in_transit|offered)$/,
    'blue',
  ],
];

// tone is the colour of a status; what is over without a result, or has not begun, is grey.
export const tone = (value: string): Tone => tones.find(([words]) => words.test(value))?.[1] ?? 'gray';

export const stateName = /(^|_)(status|state|health|stage|severity|priority|result)$/;

const labelOf = (v: unknown, field: { options?: { value: string; label: string }[] }) =>
  blank(v) ? '' : (field.options?.find((o) => o.value === v)?.label ?? String(v));

export const option: FieldType = {
  width: 116,
  ops: ['in', 'nin', 'null'],
  text: labelOf,
  parse: (s, field) => {
    const t = s.trim();
    if (t === '') return null;
    return field.options?.find((o) => o.value === t || o.label === t)?.value;
  },
  Cell: ({ field, value }) => {
    if (blank(value)) return null;
    const label = labelOf(value, field);
    return stateName.test(field.name) ? <State tone={tone(String(value))}>{label}</State> : <span className="clip">{label}</span>;
  },
  Input: ({ field, value, onChange, id, label, small, autoFocus, invalid, onDone }) => (
    <Select
      id={id}
      aria-label={label}
      size={small ? 'small' : undefined}
      autoFocus={autoFocus}
      defaultOpen={small && autoFocus}
      status={invalid ? 'error' : undefined}
      allowClear={!field.required}
      options={field.options}
      value={blank(value) ? undefined : value}
      onChange={(v) => {
        onChange(v ?? null);
        onDone?.();
      }}
    />
  ),
};
