import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { CloudOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { knock, useOnline } from '@/api/online';

// Offline tells that the server is out of reach; once it is back, what is on screen is read again.
export function Offline() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const online = useOnline();
  const was = useRef(online);
  useEffect(() => {
    if (online && !was.current) void client.invalidateQueries();
    was.current = online;
  }, [online, client]);
  if (online) return null;
  return (
    <div className="banner" role="alert">
      <CloudOff size={16} aria-hidden="true" />
      <span className="grow">{t('offline.banner')}</span>
      <Button size="small" onClick={() => void knock()}>
        {t('retry')}
      </Button>
    </div>
  );
}
