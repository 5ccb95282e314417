import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Webhook as Icon, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/records';
import { Sheet } from '@/data/Sheet';
import { useMeta } from '@/meta/meta';
import { listed } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import './admin.css';

// Webhooks tell other systems what changed; beside each stands whether that arrived.
export default function Webhooks() {
  const { t } = useTranslation();
  const go = useGo();
  const entity = useMeta().named('webhook');
  const hooks = useList('webhooks', { limit: 100, sort: 'name' }, !!entity);
  const failed = useList('webhook_deliveries', { limit: 200, ok: false, sort: '-created_at' }, !!entity);
  if (!entity) return null;
  const label = (n: string) => entity.fields.find((f) => f.name === n)?.label ?? '';
  const add = () => go('/webhooks/new');
  const rows = hooks.data?.data ?? [];
  return (
    <Page
      title={t('admin:webhooks')}
      actions={
        entity.create && (
          <Button type="primary" icon={<Plus size={15} />} onClick={add}>
            {t('create')}
          </Button>
        )
      }
      padded
    >
      {!hooks.data ? (
        <Skeleton rows={5} />
      ) : rows.length === 0 ? (
        <Empty icon={Icon} title={t('admin:hook.none')}>
          {t('admin:hook.none_hint')}
        </Empty>
      ) : (
        <section className="card admin-list">
          <Sheet
            label={t('admin:webhooks')}
            columns={['name', 'url', 'events', 'active'].map((key) => ({ key, label: label(key) }))}
            rows={rows}
            cell={(key, h) => {
              const n = failed.data?.data.filter((d) => d.webhook_id === h.id).length ?? 0;
              if (key === 'name') return <Link to={`/webhooks/${h.id}?tab=deliveries` as '/'}>{String(h.name)}</Link>;
              if (key === 'events') return listed((h.events as string[]) ?? []);
              if (key === 'active')
                return (
                  <>
                    <State tone={h.active ? 'green' : 'gray'}>{t(h.active ? 'admin:user.active' : 'admin:user.inactive')}</State>{' '}
                    {n > 0 && <State tone="red">{t('admin:hook.failing', { n })}</State>}
                  </>
                );
              return String(h[key] ?? '');
            }}
          />
        </section>
      )}
    </Page>
  );
}
