import { Button } from 'antd';
import { Plus, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Skeleton, State, Tabs } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import { Draft } from './Draft';
import { Emergency } from './Emergency';
import { Person } from './Person';
import { act, tones, useAgain, useBusy, useVersions, type Version } from './versions';
import './policy.css';

// Studio is where rights are written, tried out, reviewed by a second person, published and rolled back.
export default function Studio() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string>();
  const [tab, setTab] = useState('versions');
  const again = useAgain();
  const [start, starting] = useBusy(async () => {
    try {
      const v = await post<Version>('policy/versions', { title: '' });
      await again();
      setOpen(v.id);
    } catch (e) {
      if (!isProblem(e)) throw e;
      say.error(e.message);
    }
  });
  if (open) return <Draft id={open} onBack={() => setOpen(undefined)} />;
  return (
    <Page
      title={t('policy:title')}
      actions={
        <Button type="primary" icon={<Plus size={15} />} loading={starting} onClick={() => void start()}>
          {t('policy:new')}
        </Button>
      }
      toolbar={
        <Tabs
          label={t('policy:title')}
          items={['versions', 'person', 'emergency'].map((key) => ({ key, label: t(`policy:tab.${key}`) }))}
          value={tab}
          onChange={setTab}
        />
      }
      padded
    >
      <div className="studio">
        {tab === 'versions' && <Versions onOpen={setOpen} />}
        {tab === 'person' && <Person />}
        {tab === 'emergency' && <Emergency />}
      </div>
    </Page>
  );
}

function Versions({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const again = useAgain();
  const { data } = useVersions();
  if (!data) return <Skeleton rows={6} />;
  const back = (number: number) =>
    ask({
      title: t('policy:rollback_ask', { number }),
      okText: t('policy:rollback'),
      onOk: () =>
        act(number === 0 ? 'shipped' : String(number), 'rollback').then(
          async () => {
            say.success(t('policy:rolled_back', { number }));
            await again();
          },
          (e) => say.error(isProblem(e) ? e.message : String(e)),
        ),
    });
  const undo = (number: number) =>
    number !== data.current && (
      <Button
        size="small"
        icon={<Undo2 size={13} />}
        onClick={() => back(number)}
        aria-label={t('policy:rollback_to', { number })}
      >
        {t('policy:rollback')}
      </Button>
    );
  return (
    <>
      <p className="muted">{t('policy:intro')}</p>
      <section className="card">
        {data.data.length > 0 && (
          <Sheet
            label={t('policy:tab.versions')}
            columns={['title', 'state', 'number', 'changed', 'do'].map((key) => ({
              key,
              label: key === 'do' ? '' : t(`policy:head.${key}`),
            }))}
            rows={data.data}
            cell={(key, v) =>
              key === 'title' ? (
                <button type="button" className="link" onClick={() => onOpen(v.id)}>
                  {v.title || t('policy:untitled')}
                </button>
              ) : key === 'state' ? (
                <State tone={tones[v.state]}>{t(`policy:state.${v.state}`)}</State>
              ) : key === 'number' ? (
                (v.number ?? '')
              ) : key === 'changed' ? (
                time(v.updated_at)
              ) : (
                v.number !== null && undo(v.number)
              )
            }
          />
        )}
        <div className="studio-line">
          <span className="grow">{t('policy:shipped')}</span>
          {data.current === 0 ? <State tone="green">{t('policy:state.published')}</State> : undo(0)}
        </div>
      </section>
    </>
  );
}
