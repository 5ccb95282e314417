import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import type { PageOf } from '@/api/records';
import { byOf, keepTitle, useTitle } from '@/api/titles';
import { Avatar, Denied } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { blank, type CellProps, type FieldType, type InputProps } from '../kind';
import { fieldOf, titleOf, titlesOf, useMeta } from '../meta';
import type { Entity, Row } from '../types';

// Reference shows the title of the record that a field points to.
function Reference({ field, value, link }: CellProps) {
  const { t } = useTranslation();
  const target = useMeta().named(field.ref);
  const by = target ? byOf(field.kind, target) : 'id';
  const title = useTitle(target, by, blank(value) ? undefined : String(value));
  if (blank(value)) return null;
  if (!target) return field.kind === 'text' ? <span className="clip">{String(value)}</span> : <Denied />;
  if (title === undefined) return <span className="skeleton" style={{ width: 72, display: 'inline-block' }} />;
  if (title === null)
    return field.kind === 'text' ? <span className="clip">{String(value)}</span> : <Denied reason={t('denied.record')} />;
  const body = (
    <>
      {target.name === 'user' && <Avatar name={title} />}
      <span className="clip">{title}</span>
    </>
  );
  if (!link || by !== 'id') return <span className="ref">{body}</span>;
  return (
    <Link className="ref" to={`/${target.path}/${value}` as '/'}>
      {body}
    </Link>
  );
}

// second is what tells records of the same title apart: a number, a code.
const second = (e: Entity) => ['number', 'no', 'code', 'email'].find((n) => n !== e.title && fieldOf(e, n));

// Choose searches the records that a field may point to, as the user types.
function Choose({ field, value, onChange, id, label, placeholder, small, autoFocus, invalid, onDone }: InputProps) {
  const { t } = useTranslation();
  const target = useMeta().named(field.ref);
  const by = target ? byOf(field.kind, target) : 'id';
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(!!(small && autoFocus));
  const title = useTitle(target, by, blank(value) ? undefined : String(value));
  const extra = target && second(target);
  const list = useQuery({
    queryKey: ['pick', target?.path, search],
    enabled: !!target && open,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const fields = [...new Set(['id', by, ...(target ? titlesOf(target) : []), ...(extra ? [extra] : [])])].join(',');
      return get<PageOf<Row>>(target?.path ?? '', { q: search, limit: 20, fields }, signal);
    },
  });
  if (!target) return <Denied />;
  const options = (list.data?.data ?? []).map((r) => ({
    value: String(r[by]),
    label: titleOf(target, r),
    more: extra ? String(r[extra] ?? '') : '',
  }));
  const current = blank(value)
    ? undefined
    : { value: String(value), label: title ?? (field.kind === 'id' ? '…' : String(value)) };
  return (
    <Select
      id={id}
      aria-label={label}
      placeholder={placeholder}
      size={small ? 'small' : undefined}
      autoFocus={autoFocus}
      status={invalid ? 'error' : undefined}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      labelInValue
      allowClear={!field.required}
      open={open}
      onOpenChange={setOpen}
      loading={list.isFetching}
      notFoundContent={list.isFetching ? t('searching') : t('nothing_found')}
      popupMatchSelectWidth={280}
      options={options}
      optionRender={(o) => (
        <span className="choice">
          <span className="clip">{o.label}</span>
          <span className="muted">{o.data.more}</span>
        </span>
      )}
      value={current}
      onChange={(v?: { value: string; label?: React.ReactNode }) => {
        const chosen = options.find((o) => o.value === v?.value);
        if (chosen) keepTitle(target.path, by, chosen.value, chosen.label);
        onChange(v?.value ?? null);
        setSearch('');
        onDone?.();
      }}
    />
  );
}

export const ref: FieldType = {
  width: 180,
  ops: ['in', 'nin', 'null'],
  text: (v) => (blank(v) ? '' : String(v)),
  parse: (s) => s.trim() || null,
  Cell: Reference,
  Input: Choose,
};
