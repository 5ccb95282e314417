import { useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { newKey, useList } from '@/api/records';
import { each } from '@/data/each';
import type { BulkProps } from '@/data/feature';
import { Sheet } from '@/data/Sheet';
import { titleOf } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { useOnce } from '@/ui/once';
import { say, tell } from '@/ui/talk';
import { documents } from './documents';
import './print.css';

type Lang = 'zh' | 'en';

// MailMany sends many documents, each to its own customer or vendor. Who has no address is named and left out.
export default function MailMany({ entity, rows, onClose }: BulkProps) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [lang, setLang] = useState<Lang>(i18n.language.startsWith('zh') ? 'zh' : 'en');
  const [busy, setBusy] = useState(false);
  const keys = useRef(new Map<string, string>());
  const party = documents[entity.path]?.party;
  const ids = [...new Set(rows.map((r) => String((party && r[party.field]) ?? '')).filter(Boolean))];
  const asked = { 'id[in]': ids.join(','), fields: 'id,name,email', limit: 500 };
  const found = useList(party?.path ?? '', asked, !!party && ids.length > 0).data?.data;
  const of = new Map((found ?? []).map((p) => [p.id, p]));
  const who = (r: Row) => of.get(String((party && r[party.field]) ?? ''));
  const address = (r: Row) => String(who(r)?.email ?? '');
  const able = rows.filter(address);
  const send = useOnce(async () => {
    setBusy(true);
    const refused = await each(able, (r) => {
      const key = keys.current.get(r.id) ?? newKey();
      keys.current.set(r.id, key); // sent again after a broken line it stays one mail
      const language = lang === 'zh' ? 'zh-CN' : 'en';
      const body = { entity: entity.name, record_id: r.id, recipients: [address(r)], language };
      return call('POST', 'mail/documents', { body, key });
    });
    for (const [r] of refused) keys.current.delete(r.id);
    setBusy(false);
    void client.invalidateQueries({ queryKey: ['list', 'mail/documents'] });
    const left = [...rows.filter((r) => !address(r)), ...refused.map(([r]) => r)];
    if (refused.length === 0) say.success(t('print:mail.sent_many', { n: able.length }));
    else
      tell({
        title: t('print:mail.sent_partly', { done: able.length - refused.length, refused: refused.length }),
        content: (
          <ul>
            {refused.slice(0, 20).map(([r, why]) => (
              <li key={r.id}>
                <b>{titleOf(entity, r)}</b> {why}
              </li>
            ))}
          </ul>
        ),
      });
    onClose(left);
  });
  return (
    <Modal
      open
      title={t('print:mail.many', { n: rows.length })}
      onCancel={() => onClose()}
      width={640}
      footer={
        <>
          <Button onClick={() => onClose()}>{t('cancel')}</Button>
          <Button type="primary" loading={busy} disabled={able.length === 0} onClick={() => void send()}>
            {t('print:mail.send_many', { n: able.length })}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p className="muted">{t('print:mail.many_about')}</p>
        <div className="segments" role="group" aria-label={t('print:language')}>
          {(['zh', 'en'] as const).map((l) => (
            <button key={l} type="button" aria-pressed={l === lang} onClick={() => setLang(l)}>
              {i18n.getFixedT(l)('own_language')}
            </button>
          ))}
        </div>
        <div className="mail-many">
          <Sheet
            label={t('print:mail.many', { n: rows.length })}
            columns={[
              { key: 'no', label: entity.label },
              { key: 'party', label: t(`print:${party?.label ?? 'customer'}`) },
              { key: 'to', label: t('print:mail.to') },
            ]}
            rows={rows}
            cell={(key, r) => {
              if (key === 'no') return titleOf(entity, r);
              if (key === 'party') return String(who(r)?.name ?? '');
              if (!found && ids.length > 0) return <span className="skeleton mail-wait" />;
              return address(r) || <span className="wrong">{t('print:mail.no_address')}</span>;
            }}
          />
        </div>
      </div>
    </Modal>
  );
}
