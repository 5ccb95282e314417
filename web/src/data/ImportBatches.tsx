import { useTranslation } from 'react-i18next';

export const batchRows = 5000; // of one batch, as the server saves them

// BatchesChoice offers to save a large table piece by piece, and says what that means.
export function BatchesChoice({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <label className="card import-batches">
      <input type="checkbox" className="check" checked={on} onChange={(e) => onChange(e.target.checked)} />
      <span>
        <b>{t('import.batches')}</b>
        <span className="muted note">{t('import.batches_hint', { n: batchRows })}</span>
      </span>
    </label>
  );
}
