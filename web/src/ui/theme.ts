import { theme as antd, type ThemeConfig } from 'antd';

const light = {
  ink: '#171B26',
  ink2: '#4A5264',
  ink3: '#626B7E',
  canvas: '#F6F7F9',
  card: '#FFFFFF',
  hover: '#EEF0F4',
  selected: '#E9EDFD',
  line: '#E8EAEF',
  control: '#D9DDE5',
  good: '#16805A',
  warn: '#B45309',
  bad: '#C8322B',
  link: '#3355DD',
};
const dark: typeof light = {
  ink: '#E8EAF0',
  ink2: '#AEB5C4',
  ink3: '#8D95A6',
  canvas: '#0F1116',
  card: '#15181F',
  hover: '#1B1F29',
  selected: '#20284A',
  line: '#262B36',
  control: '#343A48',
  good: '#6FD3A6',
  warn: '#F0B064',
  bad: '#F59A93',
  link: '#8FA4FF',
};

// widgets dresses antd in the tokens of css/tokens.css: its own greys fail WCAG AA.
export function widgets(isDark: boolean): ThemeConfig {
  const c = isDark ? dark : light;
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: isDark ? 'tenon-dark' : 'tenon-light' },
    hashed: false,
    token: {
      colorPrimary: '#3355DD',
      colorInfo: '#3355DD',
      colorSuccess: c.good,
      colorWarning: c.warn,
      colorError: c.bad,
      colorLink: c.link,
      colorTextBase: c.ink,
      colorText: c.ink,
      colorTextSecondary: c.ink2,
      colorTextTertiary: c.ink3,
      colorTextQuaternary: c.ink3,
      colorTextPlaceholder: c.ink3,
      colorTextDescription: c.ink3,
      colorBgLayout: c.canvas,
      colorBgContainer: c.card,
      colorBgElevated: c.card,
      colorBorder: c.control,
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      fontFamily: 'var(--font)',
      fontSize: 13,
      borderRadius: 6,
      borderRadiusLG: 10,
      borderRadiusSM: 4,
      controlHeight: 32,
      controlHeightSM: 26,
      motionDurationMid: '0.15s',
      motionDurationSlow: '0.2s',
      wireframe: false,
      boxShadowSecondary: 'var(--float)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500, contentFontSize: 13 },
      Select: { optionSelectedBg: c.selected, optionActiveBg: c.hover },
    },
  };
}
