import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { Paperclip } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, url } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useRecord } from '@/api/records';
import { FieldBox } from '@/data/FieldBox';
import type { RecordProps } from '@/data/feature';
import { Mistakes } from '@/data/Mistakes';
import { bringLang } from '@/i18n';
import type { Field } from '@/meta/types';
import { useOnce } from '@/ui/once';
import { Skeleton } from '@/ui/parts';
import { say } from '@/ui/talk';
import { documents } from './documents';

type Lang = 'zh' | 'en';

const fieldNamed = (name: string, label: string): Field => ({
  name,
  label,
  kind: 'text',
  class: 'basic',
  edit: true,
  required: true,
});

// addressesOf reads what is typed or pasted: addresses with commas, semicolons, spaces or lines between them.
export const addressesOf = (text: string) => text.split(/[\s,;，；、]+/).filter(Boolean);

// MailDialog sends a document as PDF: to whom, in which language, with which words.
export default function MailDialog({ entity, row, onClose }: RecordProps & { onClose: () => void }) {
  const { i18n } = useTranslation();
  const document = documents[entity.path];
  const party = useRecord(document?.party.path ?? '', document ? (row[document.party.field] as string | undefined) : undefined);
  const texts = useQuery({
    queryKey: ['texts', 'both'],
    queryFn: () => Promise.all([bringLang('zh'), bringLang('en')]).then(() => true),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const ready = texts.data && !party.isLoading;
  const start = i18n.language.startsWith('zh') ? 'zh' : 'en';
  if (!document) return null;
  return ready ? (
    <Letter
      entity={entity}
      row={row}
      title={document.title}
      to={String(party.data?.email ?? '')}
      start={start}
      onClose={onClose}
    />
  ) : (
    <Modal open footer={null} onCancel={onClose}>
      <Skeleton rows={6} />
    </Modal>
  );
}

interface LetterProps extends RecordProps {
  title: string;
  to: string;
  start: Lang;
  onClose: () => void;
}

function Letter({ entity, row, title, to, start, onClose }: LetterProps) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const words = (lang: Lang) => {
    const w = i18n.getFixedT(lang);
    const values = {
      what: `${w(`print:${title}`)} ${row.no ?? ''}`.trim(),
      company: me?.tenant.name ?? '',
      name: me?.name ?? '',
    };
    return { subject: w('print:mail.subject_is', values), body: w('print:mail.body_is', values) };
  };
  const [lang, setLang] = useState<Lang>(start);
  const [recipients, setRecipients] = useState(to);
  const [own, setOwn] = useState<{ subject?: string; body?: string }>({}); // what was written in place of the usual words
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const { subject, body } = { ...words(lang), ...own };
  const send = useOnce(async () => {
    setProblem(undefined);
    setBusy(true);
    try {
      const values = {
        entity: entity.name,
        record_id: row.id,
        recipients: addressesOf(recipients),
        subject,
        body,
        language: lang === 'zh' ? 'zh-CN' : 'en',
      };
      await call('POST', 'mail/documents', { body: values, key: key.current });
      say.success(t('print:mail.done'));
      void client.invalidateQueries({ queryKey: ['list', 'mail/documents'] });
      onClose();
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
    } finally {
      setBusy(false);
    }
  });
  const file = `${row.no ?? t(`print:${title}`)}.pdf`;
  return (
    <Modal
      open
      title={t('print:mail.title', { no: row.no ?? '' })}
      onCancel={onClose}
      width={640}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="primary" loading={busy} disabled={!recipients.trim()} onClick={() => void send()}>
            {t('print:mail.send')}
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="segments" role="group" aria-label={t('print:language')}>
          {(['zh', 'en'] as const).map((l) => (
            <button key={l} type="button" aria-pressed={l === lang} onClick={() => setLang(l)}>
              {i18n.getFixedT(l)('own_language')}
            </button>
          ))}
        </div>
        <FieldBox field={fieldNamed('recipients', t('print:mail.to'))} path="recipients" problem={problem}>
          {(id, invalid) => (
            <input
              id={id}
              className="input"
              type="text"
              inputMode="email"
              autoComplete="off"
              aria-invalid={invalid}
              value={recipients}
              placeholder={t('print:mail.to_hint')}
              onChange={(e) => setRecipients(e.target.value)}
            />
          )}
        </FieldBox>
        <FieldBox field={fieldNamed('subject', t('print:mail.subject'))} path="subject" problem={problem}>
          {(id, invalid) => (
            <input
              id={id}
              className="input"
              aria-invalid={invalid}
              value={subject}
              maxLength={200}
              onChange={(e) => setOwn({ ...own, subject: e.target.value })}
            />
          )}
        </FieldBox>
        <FieldBox field={fieldNamed('body', t('print:mail.body'))} path="body" problem={problem}>
          {(id, invalid) => (
            <textarea
              id={id}
              className="input mail-body"
              rows={9}
              aria-invalid={invalid}
              value={body}
              onChange={(e) => setOwn({ ...own, body: e.target.value })}
            />
          )}
        </FieldBox>
        <a
          className="mail-file"
          href={url(`${entity.path}/${row.id}/pdf`, { lang, inline: true })}
          target="_blank"
          rel="noreferrer"
        >
          <Paperclip size={14} aria-hidden="true" />
          {file}
        </a>
        {problem && (
          <Mistakes
            problem={problem}
            labels={{ recipients: t('print:mail.to'), subject: t('print:mail.subject'), body: t('print:mail.body') }}
          />
        )}
      </div>
    </Modal>
  );
}
