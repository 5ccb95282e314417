import { useQuery } from '@tanstack/react-query';
import { Blocks } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { money } from '@/ui/format';
import { Empty } from '@/ui/parts';
import { Missing } from './errors';

interface Module {
  name: string;
  label: string;
  about: string;
  price: string;
  currency: string;
  enabled: boolean;
}

// ModuleOff stands where a module's page would be that the company has not switched on.
export function ModuleOff({ module }: { module: string }) {
  const { t } = useTranslation();
  const { data, isPending } = useQuery({ queryKey: ['modules'], queryFn: () => get<{ data: Module[] }>('modules') });
  const m = data?.data.find((x) => x.name === module);
  if (isPending) return null;
  if (!m || m.enabled) return <Missing />;
  return (
    <Empty icon={Blocks} title={t('module_off.title', { name: m.label })}>
      {m.about}
      <div>{t('module_off.price', { price: money(m.price, m.currency) })}</div>
    </Empty>
  );
}
