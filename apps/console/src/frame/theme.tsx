import { App, ConfigProvider, theme as antTheme, type ThemeConfig } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useLanguage } from '../language/language.tsx';

const DARK = window.matchMedia('(prefers-color-scheme: dark)');
const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');

function subscribe(listener: () => void): () => void {
  for (const asked of [DARK, CALM]) asked.addEventListener('change', listener);
  return () => {
    for (const asked of [DARK, CALM]) asked.removeEventListener('change', listener);
  };
}

const DARK_SURFACES = {
  colorBgContainer: '#191f20',
  colorBgElevated: '#1f2627',
  colorBorder: '#3a4446',
  colorBorderSecondary: '#2a3233',
};

const themeFor = (isDark: boolean, isCalm: boolean): ThemeConfig => ({
  algorithm: isDark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
  // The class stands on the page's root element, so that our own styles can use the same variables.
  cssVar: { key: 'redress' },
  token: {
    colorPrimary: isDark ? '#3c9aa5' : '#1f6f78',
    colorLink: isDark ? '#6cc1ca' : '#17606a',
    colorError: isDark ? '#f0716a' : '#c2362e',
    colorInfo: isDark ? '#3c9aa5' : '#1f6f78',
    colorBgLayout: isDark ? '#101415' : '#f4f6f6',
    ...(isDark ? DARK_SURFACES : {}),
    borderRadius: 6,
    fontSize: 14,
    motion: !isCalm,
    fontFamily:
      "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
  },
});

/** Ant Design in the viewer's language, dark or light, moving or still as their system prefers. */
export function Theme({ children }: { readonly children: ReactNode }) {
  const { language } = useLanguage();
  const isDark = useSyncExternalStore(subscribe, () => DARK.matches);
  const isCalm = useSyncExternalStore(subscribe, () => CALM.matches);
  const config = useMemo(() => themeFor(isDark, isCalm), [isDark, isCalm]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  }, [isDark]);
  return (
    <ConfigProvider locale={language === 'zh' ? zhCN : enGB} theme={config} button={{ autoInsertSpace: false }}>
      <App component={false}>{children}</App>
    </ConfigProvider>
  );
}
