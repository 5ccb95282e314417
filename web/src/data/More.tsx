import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import './more.css';

// What useGrowing gives.
interface Growing {
  rows: unknown[];
  total?: number;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

// More says how much of a list is shown, and shows more of it.
export function More({ list }: { list: Growing }) {
  const { t } = useTranslation();
  if (!list.hasNextPage) return null;
  const n = list.rows.length.toLocaleString('en-US');
  return (
    <div className="more-rows" role="status">
      <span className="muted">{t('list.shown', { n, total: list.total?.toLocaleString('en-US') ?? '…' })}</span>
      <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {t('list.more')}
      </Button>
    </div>
  );
}
