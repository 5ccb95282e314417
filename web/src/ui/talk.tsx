import type { ModalFuncProps } from 'antd';
import type { ReactNode } from 'react';

// What the app says in passing, and what it asks. The widgets for it come when the first word is said; ConfigProvider.config in App dresses them.

interface Say {
  key?: string;
  duration?: number; // seconds
}

const message = async () => (await import('antd/es/message')).default;
const modal = async () => (await import('antd/es/modal')).default;

const speak =
  (type: 'success' | 'error' | 'warning' | 'info') =>
  (content: ReactNode, o: Say = {}): void => {
    void message().then((m) => m.open({ type, content, ...o }));
  };

export const say = {
  success: speak('success'),
  error: speak('error'),
  warning: speak('warning'),
  info: speak('info'),
  hush: (key: string): void => {
    void message().then((m) => m.destroy(key));
  },
};

// ask puts a question that must be answered before going on; onOk may take its time.
export const ask = (o: ModalFuncProps): void => {
  void modal().then((m) => m.confirm(o));
};

// tell shows something that must be read.
export const tell = (o: ModalFuncProps): void => {
  void modal().then((m) => m.warning(o));
};
