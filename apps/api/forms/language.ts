/** The languages that forms are printed in, the one that holds where nothing else is asked for first. */
export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language that a browser would rather read (RFC 9110, Accept-Language); the first that is spoken where it names none. */
export function languageOf(accepted: string | undefined): Language {
  const ranges = (accepted ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters.map((it) => /^\s*q=([\d.]+)\s*$/.exec(it)?.[1]).find((q) => q !== undefined);
    return { language: LANGUAGES.find((it) => tag === it || tag.startsWith(`${it}-`)), weight: Number(weight ?? 1) };
  });
  const spoken = ranges.filter(({ language, weight }) => language !== undefined && weight > 0);
  return spoken.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? LANGUAGES[0];
}
