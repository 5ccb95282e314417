import { Keyboard, Languages, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Me, useLeave } from '@/api/me';
import { lang, setLang } from '@/i18n';
import { useGo } from '@/ui/go';
import { Pop } from '@/ui/Pop';
import { Avatar } from '@/ui/parts';
import { setTheme, type Theme, useTheme } from '@/ui/settings';

const themes = [
  ['light', Sun],
  ['dark', Moon],
  ['system', Monitor],
] as const;

// Profile is who one is, and how the app looks to one.
export function Profile({ me, keys }: { me: Me; keys: () => void }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const go = useGo();
  const { logOut } = useLeave();
  const out = async () => {
    await logOut();
    location.assign('/login');
  };
  return (
    <Pop
      label={t('profile')}
      side="start"
      up
      width={240}
      trigger={(open, toggle) => (
        <button type="button" className="item" aria-expanded={open} onClick={toggle}>
          <Avatar name={me.name} />
          <span className="clip">{me.name}</span>
          <span className="sr">{t('profile_menu')}</span>
        </button>
      )}
    >
      {(close) => (
        <>
          <div className="item-head">
            <b>{me.name}</b>
            <div className="clip">{me.email}</div>
          </div>
          <div className="segments" role="group" aria-label={t('theme')}>
            {themes.map(([name, Icon]) => (
              <button key={name} type="button" aria-pressed={theme === name} onClick={() => setTheme(name as Theme)}>
                <Icon size={14} aria-hidden="true" />
                {t(`theme_${name}`)}
              </button>
            ))}
          </div>
          <button type="button" className="item" onClick={() => void setLang(lang() === 'en' ? 'zh' : 'en')}>
            <Languages size={15} aria-hidden="true" />
            {t('other_language')}
          </button>
          <button
            type="button"
            className="item"
            onClick={() => {
              close();
              go('/me');
            }}
          >
            <UserRound size={15} aria-hidden="true" />
            {t('profile_page')}
          </button>
          <button
            type="button"
            className="item"
            onClick={() => {
              close();
              keys();
            }}
          >
            <Keyboard size={15} aria-hidden="true" />
            <span className="grow">{t('keys.title')}</span>
            <kbd>?</kbd>
          </button>
          <button type="button" className="item" onClick={() => void out()}>
            <LogOut size={15} aria-hidden="true" />
            {t('log_out')}
          </button>
        </>
      )}
    </Pop>
  );
}
