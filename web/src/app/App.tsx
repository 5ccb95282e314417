import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider } from 'antd';
import enUS from 'antd/es/locale/en_US';
import zhCN from 'antd/es/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { LoaderCircle } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '@/api/problem';
import { locale } from '@/i18n';
import { useDark } from '@/ui/settings';
import { widgets } from '@/ui/theme';
import { nonce } from './csp';
import { router } from './router';

// What was refused will be refused again; what was not reached is asked for again when the server is back.
const client = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 20_000, refetchOnWindowFocus: true, retry: (n, e) => n < 2 && (!isProblem(e) || e.status >= 500) },
    mutations: { retry: false, networkMode: 'always' },
  },
});

// A button that works shows this; it comes and goes at once, and isn't part of the button's name.
const working = <LoaderCircle className="turning" size={14} aria-hidden />;

// Dressed gives widgets the app's look and language.
function Dressed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  return (
    <ConfigProvider
      theme={widgets(useDark())}
      locale={i18n.language === 'en' ? enUS : zhCN}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false, loadingIcon: working }}
    >
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </ConfigProvider>
  );
}

ConfigProvider.config({ holderRender: (children) => <Dressed>{children}</Dressed> });

export function App() {
  const { i18n } = useTranslation();
  useEffect(() => {
    document.documentElement.lang = locale();
    dayjs.locale(i18n.language === 'en' ? 'en' : 'zh-cn');
  }, [i18n.language]);
  return (
    <Dressed>
      <RouterProvider router={router} />
    </Dressed>
  );
}
