import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import type { RecordProps } from '@/data/feature';
import { useMeta } from '@/meta/meta';

interface Same {
  entity: string;
  record_id: string;
  name: string;
  same: string;
}

// Duplicates warns that a lead may be someone who is known already.
export default function Duplicates({ row }: RecordProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const { data } = useQuery({
    queryKey: ['duplicates', row.id, row.version],
    queryFn: ({ signal }) => get<{ data: Same[] }>('crm/duplicates', { lead_id: row.id }, signal),
    enabled: Number(row.duplicates ?? 0) > 0 && row.status !== 'converted',
    retry: false,
  });
  if (!data?.data.length) return null;
  return (
    <div className="notice tone-amber">
      <Copy size={16} aria-hidden="true" />
      <div>
        <b>{t('crm:same')}</b>
        <ul>
          {data.data.map((d) => {
            const entity = meta.named(d.entity);
            const why = d.same.split(', ').map((s) => t(`crm:by.${s}`, { defaultValue: s }));
            return (
              <li key={d.record_id}>
                {entity ? (
                  <>
                    {entity.label} <Link to={`/${entity.path}/${d.record_id}` as '/'}>{d.name}</Link>
                  </>
                ) : (
                  d.name
                )}{' '}
                ({why.join(', ')})
              </li>
            );
          })}
        </ul>
        {t('crm:same_hint')}
      </div>
    </div>
  );
}
