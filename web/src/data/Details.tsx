import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lang } from '@/i18n';
import { blank } from '@/meta/kind';
import { typeOf } from '@/meta/kinds';
import { fieldOf, raw, system } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { isDenied, Value } from '@/meta/Value';
import { Denied } from '@/ui/parts';

const quiet = ['created_at', 'created_by', 'updated_at', 'updated_by'];

// inOther tells whether a text stands there in the user's language too: health_text_en beside health_text_zh.
const inOther = (entity: Entity, f: Field) => {
  const [mine, other] = lang() === 'en' ? ['en', 'zh'] : ['zh', 'en'];
  return !!f.computed && f.name.endsWith(`_${other}`) && !!fieldOf(entity, `${f.name.slice(0, -2)}${mine}`);
};

// Details are a record's fields. Empty ones stand back, denied ones are shown as denied.
export function Details({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const [every, setEvery] = useState(false);
  const fields = entity.fields.filter(
    (f) =>
      !inOther(entity, f) &&
      !system.has(f.name) &&
      !raw(f) &&
      f.name !== entity.title &&
      f.name !== entity.state &&
      f.kind !== 'bytes' &&
      !/(^|_)(digest|sha256)$/.test(f.name),
  );
  const empty = (f: Field) =>
    (blank(row[f.name]) || (f.kind === 'json' && JSON.stringify(row[f.name]) === '{}')) && !isDenied(row, f.name);
  const filled = fields.filter((f) => !empty(f));
  const rest = fields.filter(empty);
  const hidden = (row._denied ?? []).filter((n) => !entity.fields.some((f) => f.name === n));
  const denied = (entity.denied ?? []).filter((d) => hidden.includes(d.name));
  const unnamed = hidden.length - denied.length;
  const system_ = entity.fields.filter((f) => quiet.includes(f.name));
  return (
    <>
      <dl className="facts">
        {filled.map((f) => (
          <Fact key={f.name} field={f} row={row} />
        ))}
        {denied.map((d) => (
          <div key={d.name} className="fact">
            <dt>{d.label}</dt>
            <dd>
              <Denied reason={t('denied.rule', { rule: d.rule_label ?? d.rule })} />
              <span className="muted note">{t('denied.rule', { rule: d.rule_label ?? d.rule })}</span>
            </dd>
          </div>
        ))}
        {every && rest.map((f) => <Fact key={f.name} field={f} row={row} />)}
        {every && system_.map((f) => <Fact key={f.name} field={f} row={row} />)}
      </dl>
      <div className="facts-more">
        <button type="button" className="tool" aria-expanded={every} onClick={() => setEvery(!every)}>
          {every ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
          {every ? t('record.fewer_fields') : t('record.more_fields', { n: rest.length + system_.length })}
        </button>
        {unnamed > 0 && <span className="muted"> {t('denied.fields', { n: unnamed })}</span>}
      </div>
    </>
  );
}

function Fact({ field, row }: { field: Field; row: Row }) {
  const wide = typeOf(field).wide;
  return (
    <div className={wide ? 'fact wide' : 'fact'}>
      <dt>{field.label}</dt>
      <dd>
        {blank(row[field.name]) && !isDenied(row, field.name) ? (
          <span className="nothing">–</span>
        ) : (
          <Value field={field} row={row} link />
        )}
      </dd>
    </div>
  );
}
