import { Check } from 'lucide-react';
import i18n from '@/i18n';
import type { FieldType } from '../kind';

const yes = /^(1|true|yes|y|是|对|√|✓)$/i;
const no = /^(0|false|no|n|否|错|×)?$/i;

export const bool: FieldType = {
  width: 88,
  ops: ['eq'],
  text: (v) => (v ? i18n.t('yes') : i18n.t('no')),
  parse: (s) => (yes.test(s.trim()) ? true : no.test(s.trim()) ? false : undefined),
  Cell: ({ value }) =>
    value ? (
      <span className="tick" role="img" aria-label={i18n.t('yes')}>
        <Check size={14} aria-hidden="true" />
      </span>
    ) : (
      <span className="muted">{i18n.t('no')}</span>
    ),
  Input: ({ value, onChange, id, label, autoFocus, invalid }) => (
    <input
      type="checkbox"
      className="check"
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      autoFocus={autoFocus}
      checked={value === true}
      onChange={(e) => onChange(e.target.checked)}
    />
  ),
};
