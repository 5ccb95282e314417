import { Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { useGo } from '@/ui/go';

// AccountBanner says what the state of the company's account means for everybody, and leads those who can change it to where they do.
export function AccountBanner({ me }: { me: Me }) {
  const { t } = useTranslation();
  const go = useGo();
  const banner = me.billing?.banner;
  if (!banner) return null;
  const Icon = banner.level === 'info' ? Info : TriangleAlert;
  const mine = me.roles.includes('owner') || me.roles.includes('admin');
  return (
    <div className={`account-banner ${banner.level}`} role="status">
      <Icon size={16} aria-hidden="true" />
      <span className="grow">{banner.text}</span>
      {mine && (
        <button type="button" className="link" onClick={() => go('/billing')}>
          {t('billing_page')}
        </button>
      )}
    </div>
  );
}
