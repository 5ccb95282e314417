import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { ActionDialog } from '@/data/ActionDialog';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';

// Drafts are orders that are made and not yet confirmed to their vendors.
export function Drafts() {
  const { t } = useTranslation();
  const entity = useMeta().named('purchasing.order');
  const { data } = useList('purchasing/orders', { 'status[in]': 'draft,pending_approval', sort: '-no', limit: 50 }, !!entity);
  const [doing, setDoing] = useState<Row>();
  const confirm = entity?.actions?.find((a) => a.name === 'confirm');
  if (!entity || !data?.data.length) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('purchasing:drafts')}</h2>
        <span className="muted">{data.data.length}</span>
      </header>
      <Sheet
        label={t('purchasing:drafts')}
        rows={data.data}
        columns={[
          ...['no', 'vendor_id'].map((key) => ({ key, label: fieldOf(entity, key)?.label })),
          { key: 'lines', label: t('purchasing:order_lines'), end: true },
          { key: 'total_amount', label: fieldOf(entity, 'total_amount')?.label, end: true },
          { key: 'status', label: fieldOf(entity, 'status')?.label },
          { key: 'act', label: <span className="sr">{t('record.actions')}</span>, end: true },
        ]}
        cell={(key, r) => {
          if (key === 'no') return <Link to={`/${entity.path}/${r.id}` as '/'}>{String(r.no)}</Link>;
          if (key === 'vendor_id') return <Ref to="purchasing.vendor" id={r.vendor_id} />;
          if (key === 'lines') return ((r.lines as Row[] | undefined) ?? []).length;
          if (key === 'act')
            return confirm && r.status === 'draft' ? (
              <Button size="small" onClick={() => setDoing(r)}>
                {confirm.label}
              </Button>
            ) : null;
          const field = fieldOf(entity, key);
          return field && <Value field={field} row={r} />;
        }}
      />
      {doing && confirm && <ActionDialog entity={entity} row={doing} action={confirm} onClose={() => setDoing(undefined)} />}
    </section>
  );
}
