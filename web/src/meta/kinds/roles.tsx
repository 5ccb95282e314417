import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { lang } from '@/i18n';
import { listed } from '@/ui/format';
import { Select } from '@/ui/pickers';
import type { FieldType } from '../kind';
import { texts } from './text';

const useRoles = () =>
  useQuery({
    queryKey: ['roles', lang()],
    queryFn: () => get<{ data: { name: string; label: string }[] }>('roles'),
    retry: false,
  }).data?.data ?? [];

// roles are what people may do here, by name: chosen among those of the company.
export const roles: FieldType = {
  ...texts,
  Cell: ({ value }) => {
    const all = useRoles();
    const list = Array.isArray(value) ? value.map(String) : [];
    return <span className="clip">{listed(list.map((r) => all.find((x) => x.name === r)?.label ?? r))}</span>;
  },
  Input: ({ value, onChange, id, label, small, invalid }) => (
    <Select
      id={id}
      aria-label={label}
      mode="multiple"
      size={small ? 'small' : undefined}
      status={invalid ? 'error' : undefined}
      options={useRoles().map((r) => ({ value: r.name, label: r.label }))}
      value={Array.isArray(value) ? value : []}
      onChange={(v: string[]) => onChange(v)}
    />
  ),
};
