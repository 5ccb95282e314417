import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { newKey, useAct, useList } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Sheet } from '@/data/Sheet';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { time } from '@/ui/format';
import { Empty, State } from '@/ui/parts';
import { say } from '@/ui/talk';

// Deliveries are the attempts to tell a webhook's receiver; each may be sent again.
export default function Deliveries({ row }: RecordProps) {
  const entity = useMeta().named('webhook_delivery');
  return entity ? <List entity={entity} hook={row} /> : null;
}

function List({ entity, hook }: { entity: Entity; hook: Row }) {
  const { t } = useTranslation();
  const { data } = useList('webhook_deliveries', { webhook_id: hook.id, limit: 100, sort: '-created_at' });
  const act = useAct(entity);
  const replay = (d: Row) =>
    act.mutateAsync({ id: d.id, action: 'replay', key: newKey() }).then(
      () => say.success(t('admin:hook.replayed')),
      (e) => say.error(isProblem(e) ? e.message : String(e)),
    );
  if (!data?.data.length) return <Empty title={t('admin:hook.no_deliveries')} />;
  const label = (n: string) => entity.fields.find((f) => f.name === n)?.label ?? '';
  return (
    <Sheet
      label={t('admin:deliveries')}
      columns={[
        ...['event', 'ok', 'status', 'attempt', 'took_ms', 'happened_at', 'error'].map((key) => ({ key, label: label(key) })),
        { key: 'do', label: '' },
      ]}
      rows={data.data}
      cell={(key, d) => {
        if (key === 'ok') return <State tone={d.ok ? 'green' : 'red'}>{t(d.ok ? 'admin:hook.sent' : 'admin:hook.failed')}</State>;
        if (key === 'happened_at') return time(String(d.happened_at));
        if (key === 'do')
          return (
            <Button size="small" onClick={() => void replay(d)}>
              {t('admin:hook.replay')}
            </Button>
          );
        return String(d[key] ?? '');
      }}
    />
  );
}
