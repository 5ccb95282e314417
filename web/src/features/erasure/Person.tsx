import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { UserX } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/http';
import type { RecordProps } from '@/data/feature';
import { titleOf } from '@/meta/meta';
import { time } from '@/ui/format';
import { useGo } from '@/ui/go';
import { useOnce } from '@/ui/once';
import { Skeleton, State } from '@/ui/parts';
import { type Asked, type Traces, told, tones } from './types';
import './erasure.css';

// Person is the part of a record about a person where somebody asks that they be made unreadable, and sees what became of it.
export default function Person({ entity, row }: RecordProps) {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const box = useId();
  const [reason, setReason] = useState('');
  const { data } = useQuery({ queryKey: ['keys', 'deletions'], queryFn: () => get<{ data: Asked[] }>('keys/deletions') });
  const ask = useOnce(async () => {
    try {
      const made = await post<Traces>('keys/deletions', { entity: entity.name, record_id: row.id, reason: reason.trim() });
      void client.invalidateQueries({ queryKey: ['keys', 'deletions'] });
      go(`/admin/deletions/${made.id}`);
    } catch (e) {
      told(e);
    }
  });
  const company = row.person === false && entity.fields.some((f) => f.name === 'person');
  if (!data) return <Skeleton rows={3} />;
  const here = data.data.filter((d) => d.entity === entity.name && d.record_id === row.id);
  const open = here.find((d) => d.state !== 'withdrawn');
  return (
    <div className="erasure stack">
      <p>{t('erasure:what')}</p>
      <p className="muted">{t('erasure:who')}</p>
      {here.map((d) => (
        <div key={d.id} className="erasure-line">
          <State tone={tones[d.state]}>{t(`erasure:state.${d.state}`)}</State>
          <span className="grow">{d.reason}</span>
          <span className="muted">{time(d.ended_at ?? d.asked_at)}</span>
          <button type="button" className="link" onClick={() => go(`/admin/deletions/${d.id}`)}>
            {t('erasure:open')}
          </button>
        </div>
      ))}
      {company && here.length === 0 && <p className="muted">{t('erasure:company')}</p>}
      {!open && !company && (
        <form
          className="stack erasure-ask"
          onSubmit={(e) => {
            e.preventDefault();
            void ask();
          }}
        >
          <label className="labelled" htmlFor={box}>
            <span>{t('erasure:reason')}</span>
            <textarea
              id={box}
              className="input"
              rows={2}
              placeholder={t('erasure:reason_hint')}
              value={reason}
              onChange={(e) => setReason(e.target.value)}
            />
          </label>
          <div>
            <Button htmlType="submit" danger icon={<UserX size={14} />} disabled={!reason.trim()}>
              {t('erasure:ask', { name: titleOf(entity, row) })}
            </Button>
          </div>
          <span className="muted note">{t('erasure:ask_hint')}</span>
        </form>
      )}
    </div>
  );
}
