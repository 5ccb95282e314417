import { Button, Modal } from 'antd';
import { Delete } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { compare, parse } from '@/ui/decimal';
import { composing } from '@/ui/hotkeys';

interface PadProps {
  title: string;
  start: string;
  ok: string;
  danger?: boolean;
  onDone: (n: string) => void;
  onClose: () => void;
}

const digits = ['7', '8', '9', '4', '5', '6', '1', '2', '3', '0', '.'];

// Pad asks for a number with keys that are big enough for gloves; what is proposed is replaced by the first digit.
export function Pad({ title, start, ok, danger, onDone, onClose }: PadProps) {
  const { t } = useTranslation();
  const [value, setValue] = useState(start);
  const [fresh, setFresh] = useState(true);
  const n = parse(value);
  const good = n !== undefined && compare(n, '0') > 0;
  const done = () => good && onDone(n);
  const press = (d: string) => {
    setValue(fresh ? d : value + d);
    setFresh(false);
  };
  return (
    <Modal
      open
      title={title}
      width={380}
      onCancel={onClose}
      footer={
        <Button block type="primary" size="large" className="pad-ok" danger={danger} disabled={!good} onClick={done}>
          {ok}
        </Button>
      }
    >
      <div className="pad">
        <input
          className="input"
          inputMode="none"
          aria-label={title}
          value={value}
          autoFocus
          onFocus={(e) => e.target.select()}
          onChange={(e) => {
            setValue(e.target.value);
            setFresh(false);
          }}
          onKeyDown={(e) => e.key === 'Enter' && !composing(e) && done()}
        />
        {digits.map((d) => (
          <button key={d} type="button" onClick={() => press(d)}>
            {d}
          </button>
        ))}
        <button
          type="button"
          aria-label={t('production:erase')}
          onClick={() => {
            setValue(fresh ? '' : value.slice(0, -1));
            setFresh(false);
          }}
        >
          <Delete size={22} />
        </button>
      </div>
    </Modal>
  );
}
