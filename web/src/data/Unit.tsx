import { useList } from '@/api/records';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';

// Unit is a unit of measure as people call it: 件 in Chinese, the code that everybody knows in English.
export function Unit({ code }: { code: unknown }) {
  const entity = useMeta().named('inventory.unit_of_measure');
  const { data } = useList(entity?.path ?? '', { limit: 200 }, !!entity && lang() === 'zh');
  const unit = data?.data.find((u) => u.code === code);
  return <>{String((lang() === 'zh' && unit?.name) || code || '')}</>;
}
