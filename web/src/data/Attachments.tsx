import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Download, Eye, File, FileImage, FileSpreadsheet, FileText, type LucideIcon, Paperclip, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, url } from '@/api/http';
import { isProblem } from '@/api/problem';
import { newKey, settled, useList, useRemove } from '@/api/records';
import { useTitle } from '@/api/titles';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { ago } from '@/ui/format';
import { Empty } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import './attachments.css';

const size = (n: number) =>
  n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(0)} KB` : `${(n / 1048576).toFixed(1)} MB`;
const content = (f: Row, inline: boolean) => url(`attachments/${f.id}/content`, { inline: inline || undefined });
const isPicture = (f: Row) => /^image\/(png|jpeg|gif|webp)/.test(String(f.media_type));
const shown = (f: Row) => isPicture(f) || /^(application\/pdf|text\/plain)/.test(String(f.media_type));

function iconOf(f: Row): LucideIcon {
  const type = String(f.media_type);
  if (isPicture(f)) return FileImage;
  if (/sheet|excel|csv/.test(type)) return FileSpreadsheet;
  return /pdf|text|word/.test(type) ? FileText : File;
}

// Attachments are a record's files. They come by button, by dropping, or by pasting a picture.
export function Attachments({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const of = useMeta().named('attachment');
  const { data } = useList('attachments', { entity: entity.name, record_id: row.id, limit: 100, sort: '-created_at' }, !!of);
  const [busy, setBusy] = useState(0);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const files = data?.data ?? [];
  const most = of?.most_bytes ?? 0;
  const send = async (list: File[]) => {
    for (const f of list) {
      if (most > 0 && f.size > most) {
        say.error(t('files.too_large', { name: f.name, mb: most >> 20 }));
        continue;
      }
      const form = new FormData();
      form.append('entity', entity.name);
      form.append('record_id', row.id);
      form.append('file', f, f.name || 'image.png');
      setBusy((n) => n + 1);
      await call('POST', 'attachments', { body: form, key: newKey() })
        .catch((e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)))
        .finally(() => setBusy((n) => n - 1));
    }
    void settled(client, 'attachments');
  };
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!of?.create) return;
    const paste = (e: ClipboardEvent) => {
      const list = [...(e.clipboardData?.files ?? [])];
      if (list.length === 0) return;
      e.preventDefault();
      void latest.current(list);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, [of?.create]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same
    <div
      className={over ? 'files over' : 'files'}
      onDragOver={(e) => {
        if (!of?.create) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        if (of?.create) void send([...e.dataTransfer.files]);
      }}
    >
      {of?.create && (
        <div className="files-add">
          <input
            ref={input}
            type="file"
            multiple
            hidden
            aria-label={t('files.add')}
            onChange={(e) => {
              void send([...(e.target.files ?? [])]);
              e.target.value = '';
            }}
          />
          <Button icon={<Paperclip size={14} />} loading={busy > 0} onClick={() => input.current?.click()}>
            {t('files.add')}
          </Button>
          <span className="muted">{t('files.hint', { mb: most >> 20 })}</span>
        </div>
      )}
      {files.length === 0 ? (
        <Empty icon={Paperclip} title={t('files.none')} />
      ) : (
        <ul className="files-list">
          {files.map((f) => (
            <Entry key={f.id} file={f} of={of} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Entry({ file, of }: { file: Row; of?: Entity }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const who = useTitle(meta.named('user'), 'id', file.created_by as string | null);
  const remove = useRemove(of ?? ({ path: 'attachments' } as Entity));
  const Icon = iconOf(file);
  const name = String(file.name);
  const drop = () =>
    ask({
      title: t('record.delete_ask', { title: name }),
      okText: t('delete'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync({ id: file.id, version: file.version }).catch((e) => say.error(isProblem(e) ? e.message : String(e))),
    });
  return (
    <li>
      {isPicture(file) ? (
        <a href={content(file, true)} target="_blank" rel="noreferrer" className="files-picture">
          <img src={content(file, true)} alt={name} loading="lazy" />
        </a>
      ) : (
        <span className="files-picture">
          <Icon size={26} strokeWidth={1.5} aria-hidden="true" />
        </span>
      )}
      <span className="grow">
        <b className="clip">{name}</b>
        <span className="muted note">
          {size(Number(file.size))} · {who} · {ago(String(file.created_at))}
        </span>
      </span>
      {shown(file) && (
        <a
          className="icon-button"
          href={content(file, true)}
          target="_blank"
          rel="noreferrer"
          aria-label={t('files.show', { name })}
          title={t('files.show', { name })}
        >
          <Eye size={15} />
        </a>
      )}
      <a
        className="icon-button"
        href={content(file, false)}
        download={name}
        aria-label={t('files.get', { name })}
        title={t('files.get', { name })}
      >
        <Download size={15} />
      </a>
      {of?.delete && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('files.drop', { name })}
          title={t('files.drop', { name })}
          onClick={drop}
        >
          <Trash2 size={15} />
        </button>
      )}
    </li>
  );
}
