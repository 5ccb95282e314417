import { useTranslation } from 'react-i18next';
import { blank, type FieldType } from '../kind';
import { useMeta } from '../meta';

const long = /note|terms|description|address|reason|comment|body|about|remark/;

export const text: FieldType = {
  width: 180,
  ops: ['contains', 'eq', 'ne', 'starts', 'null'],
  text: (v) => (blank(v) ? '' : String(v)),
  parse: (s) => s.trim(),
  Cell: ({ field, value }) => {
    const meta = useMeta();
    const said = blank(value) ? '' : String(value);
    return <span className="clip">{(/(^|_)entity$/.test(field.name) && meta.called(said)) || said}</span>;
  },
  Input: ({ field, value, onChange, id, label, small, autoFocus, invalid }) => {
    const common = {
      id,
      'aria-label': label,
      'aria-invalid': invalid,
      autoFocus,
      value: blank(value) ? '' : String(value),
      autoComplete: 'off',
    };
    if (long.test(field.name) && id) {
      return <textarea className="input" rows={2} {...common} onChange={(e) => onChange(e.target.value)} />;
    }
    return <input className={`input${small ? ' small' : ''}`} {...common} onChange={(e) => onChange(e.target.value)} />;
  },
};

// texts is a list of words, written with commas.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$/;

export const texts: FieldType = {
  ...text,
  ops: ['null'],
  text: (v) => (Array.isArray(v) ? v.join(', ') : ''),
  parse: (s) =>
    s
      .split(/[,，、]/)
      .map((x) => x.trim())
      .filter(Boolean),
  Cell: ({ value }) => {
    const { t } = useTranslation();
    const list = Array.isArray(value) ? value : [];
    const ids = list.length > 0 && list.every((v) => uuid.test(String(v))); // nobody says of what: no text for people
    return <span className="clip">{ids ? t('links', { n: list.length }) : list.join(', ')}</span>;
  },
  Input: ({ value, onChange, id, label, small, autoFocus, invalid }) => (
    <input
      className={`input${small ? ' small' : ''}`}
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      autoFocus={autoFocus}
      defaultValue={Array.isArray(value) ? value.join(', ') : ''}
      onChange={(e) => onChange(texts.parse(e.target.value, {} as never))}
    />
  ),
};

// json is what a module keeps for itself: shown, not written.
export const json: FieldType = {
  ...text,
  ops: [],
  wide: true,
  text: (v) => (blank(v) ? '' : JSON.stringify(v)),
  parse: () => undefined,
  Cell: ({ value }) => <code className="clip">{blank(value) ? '' : JSON.stringify(value)}</code>,
  Input: ({ value }) => <code className="clip">{blank(value) ? '' : JSON.stringify(value)}</code>,
};
