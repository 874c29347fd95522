import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Label } from '../http/shapes.ts';
import { en, type Dictionary } from './en.ts';
import { zh } from './zh.ts';

export type Language = 'zh' | 'en';

const DICTIONARIES: Readonly<Record<Language, Dictionary>> = { en, zh };
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };
const REMEMBERED_AS = 'redress.language';

interface Spoken {
  readonly language: Language;
  readonly locale: string;
  readonly words: Dictionary;
  readonly setLanguage: (language: Language) => void;
}

const LanguageContext = createContext<Spoken | undefined>(undefined);

/** What was chosen before, else what the browser asks for. */
function firstLanguage(): Language {
  const remembered = localStorage.getItem(REMEMBERED_AS);
  if (remembered === 'zh' || remembered === 'en') return remembered;
  return navigator.languages.find((tag) => /^(zh|en)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en';
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = LOCALES[language];
    localStorage.setItem(REMEMBERED_AS, language);
  }, [language]);
  const spoken = useMemo<Spoken>(
    () => ({ language, locale: LOCALES[language], words: DICTIONARIES[language], setLanguage }),
    [language],
  );
  return <LanguageContext value={spoken}>{children}</LanguageContext>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(LanguageContext);
  if (!spoken) throw new Error('useLanguage outside of LanguageProvider');
  return spoken;
}

/** A pack's own words in the viewer's language. */
export const inLanguage = (label: Label, language: Language): string => label[language] || label.en || label.zh;

/** The word for a term of the engine; a term that this console does not know yet is spelt out as it is. */
export function term(terms: Readonly<Record<string, string>>, id: string): string {
  return Object.hasOwn(terms, id) ? (terms[id] as string) : spelledOut(id);
}

/** `CompensationProposed`, `dueAt`, `third_party` → `compensation proposed`, `due at`, `third party` */
export const spelledOut = (id: string): string =>
  id
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/^./, (first) => first.toUpperCase());
