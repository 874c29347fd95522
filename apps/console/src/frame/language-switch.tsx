import { Segmented } from 'antd';
import { useLanguage, type Language } from '../language/language.tsx';

/** Each language by its own name, so that nobody must read the other one to find it. */
export function LanguageSwitch() {
  const { language, setLanguage, words } = useLanguage();
  return (
    <Segmented<Language>
      size="small"
      aria-label={words.frame.language}
      value={language}
      onChange={setLanguage}
      options={[
        { value: 'zh', label: <span lang="zh-CN">中文</span> },
        { value: 'en', label: <span lang="en">EN</span> },
      ]}
    />
  );
}
