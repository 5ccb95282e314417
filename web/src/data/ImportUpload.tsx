import { Button } from 'antd';
import { Download, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { url } from '@/api/http';
import type { Entity } from '@/meta/types';

// Uploader takes a file by button or by dropping it.
export function Uploader({ onFile, small }: { onFile: (f: File) => void; small?: boolean }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const box = (
    <input
      ref={input}
      type="file"
      hidden
      accept=".csv,.tsv,.txt,.xlsx"
      aria-label={t('import.choose')}
      onChange={(e) => {
        const f = e.target.files?.[0];
        e.target.value = '';
        if (f) onFile(f);
      }}
    />
  );
  if (small)
    return (
      <>
        {box}
        <Button size="small" onClick={() => input.current?.click()}>
          {t('import.another')}
        </Button>
      </>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same
    <div
      className={over ? 'import-drop over' : 'import-drop'}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        const f = e.dataTransfer.files[0];
        if (f) onFile(f);
      }}
    >
      {box}
      <Upload size={28} strokeWidth={1.5} aria-hidden="true" />
      <b>{t('import.drop')}</b>
      <span className="muted">{t('import.kinds')}</span>
      <Button type="primary" onClick={() => input.current?.click()}>
        {t('import.choose')}
      </Button>
    </div>
  );
}

export function Templates({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  return (
    <p className="muted import-templates">
      {t('import.template')}
      {['xlsx', 'csv'].map((format) => (
        <a key={format} className="tool" href={url(`${entity.path}/import_template`, { format })} download>
          <Download size={14} aria-hidden="true" />
          {format.toUpperCase()}
        </a>
      ))}
    </p>
  );
}
