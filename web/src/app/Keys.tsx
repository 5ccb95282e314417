import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';

const sheet = [
  ['Ctrl K', 'palette'],
  ['/', 'search'],
  ['F', 'filter'],
  ['C', 'create'],
  ['E', 'edit'],
  ['↑ ↓ ← →', 'move'],
  ['J K', 'rows'],
  ['Enter', 'open'],
  ['O', 'record'],
  ['Space', 'select'],
  ['F2', 'cell'],
  ['Esc', 'back'],
  ['Ctrl S', 'save'],
  ['Ctrl Enter', 'save'],
  ['Ctrl V', 'paste'],
  ['Shift ← →', 'board'],
  ['@', 'mention'],
  ['Alt H', 'home'],
  ['?', 'sheet'],
] as const;

// Keys is the sheet of keyboard shortcuts.
export default function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={t('keys.title')} onCancel={onClose} footer={null} width={560}>
      <div className="keys">
        {sheet.map(([key, what]) => (
          <div key={key}>
            <span>{t(`keys.${what}`)}</span>
            <kbd>{key}</kbd>
          </div>
        ))}
      </div>
    </Modal>
  );
}
