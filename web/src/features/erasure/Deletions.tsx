import { useQuery } from '@tanstack/react-query';
import { UserX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { useMeta } from '@/meta/meta';
import { time } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { type Asked, tones } from './types';
import './erasure.css';

// Deletions lists the requests that people be made unreadable, newest first.
export default function Deletions() {
  const { t } = useTranslation();
  const go = useGo();
  const meta = useMeta();
  const list = useQuery({ queryKey: ['keys', 'deletions'], queryFn: () => get<{ data: Asked[] }>('keys/deletions') });
  const rows = list.data?.data;
  const open = rows?.filter((d) => d.state === 'requested').length ?? 0;
  return (
    <Page
      title={t('erasure:deletions')}
      beside={open > 0 && <State tone="amber">{t('erasure:waiting', { n: open })}</State>}
      padded
    >
      {list.isError ? (
        <Empty icon={UserX} title={list.error.message} />
      ) : !rows ? (
        <Skeleton rows={6} />
      ) : rows.length === 0 ? (
        <Empty icon={UserX} title={t('erasure:none')}>
          {t('erasure:none_hint')}
        </Empty>
      ) : (
        <section className="card erasure-list">
          <Sheet
            label={t('erasure:deletions')}
            columns={['person', 'kind', 'reason', 'state', 'asked', 'do'].map((key) => ({
              key,
              label: key === 'do' ? '' : t(`erasure:column.${key}`),
            }))}
            rows={rows}
            cell={(key, d) =>
              key === 'person' ? (
                <Ref to={d.entity} id={d.record_id} />
              ) : key === 'kind' ? (
                (meta.named(d.entity)?.label ?? d.entity)
              ) : key === 'reason' ? (
                <span className="erasure-reason">{d.reason}</span>
              ) : key === 'state' ? (
                <State tone={tones[d.state]}>{t(`erasure:state.${d.state}`)}</State>
              ) : key === 'asked' ? (
                time(d.asked_at)
              ) : (
                <button type="button" className="link" onClick={() => go(`/admin/deletions/${d.id}`)}>
                  {t(d.state === 'requested' ? 'erasure:look' : 'erasure:open')}
                </button>
              )
            }
          />
        </section>
      )}
    </Page>
  );
}
