/** Scripts that are written without spaces: their words are found by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/u;
/** Of a token, whose characters are all of one kind. */
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED.source}`, 'u');
const TOKEN = new RegExp(`${UNSPACED.source}|[\\p{L}\\p{N}\\p{M}]+`, 'gu');

/** Longer words are cut: nobody types the end of one, and an index should not hold it. */
const LONGEST_TERM = 64;

interface Token {
  readonly text: string;
  readonly unspaced: boolean;
}

/**
 * Text as it is compared: NFKC, lower case, runs of letters and digits each led by one space. A word's prefix stands
 * behind a space, characters that stand together stand together here.
 */
export function normalised(text: string): string {
  return tokens(text)
    .map((token) => ` ${token.text}`)
    .join('');
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(TOKEN)) found.push(...split(run));
  return found;
}

/** A run of spaced letters may hide unspaced ones behind digits or letters, as in `A座`. */
function split(run: string): Token[] {
  const parts: Token[] = [];
  let rest = run;
  for (let hit = UNSPACED.exec(rest); hit; hit = UNSPACED.exec(rest)) {
    if (hit.index > 0) parts.push({ text: rest.slice(0, hit.index), unspaced: false });
    parts.push({ text: hit[0], unspaced: true });
    rest = rest.slice(hit.index + hit[0].length);
  }
  if (rest !== '') parts.push({ text: rest, unspaced: false });
  return parts;
}

/** The terms under which a text is found. */
export const termsOf = (text: string): Set<string> => termsIn(normalised(text));

/**
 * The terms of a text that is normalised already, whose tokens stand between spaces: words as they are; of unspaced runs
 * every pair of characters, and the last one alone, so that each single character begins some term.
 */
export function termsIn(text: string): Set<string> {
  const terms = new Set<string>();
  for (const token of text.split(' ')) {
    if (token === '') continue;
    if (!BEGINS_UNSPACED.test(token)) {
      terms.add(cut(token));
      continue;
    }
    const characters = [...token];
    for (let at = 0; at < characters.length; at++) terms.add(characters[at]! + (characters[at + 1] ?? ''));
  }
  return terms;
}

/** What a search asks of the terms: one that is there, or one that begins so. */
export interface AskedTerm {
  readonly text: string;
  readonly match: 'whole' | 'prefix';
  /** The same asked of the normalised text, as a LIKE pattern. */
  readonly pattern: string;
}

export interface Search {
  /** All must be there. */
  readonly terms: readonly AskedTerm[];
  /** LIKE patterns of what is longer than a term: its pairs may all be there and not stand together. */
  readonly phrases: readonly string[];
}

/** What somebody typed, as terms and phrases. Without a letter or digit there are none, and nothing matches. */
export function searchFor(text: string): Search {
  const asked = tokens(text);
  return {
    terms: asked.flatMap(({ text: token, unspaced }): AskedTerm[] => {
      if (!unspaced) return [{ text: cut(token), match: 'prefix', pattern: `% ${token}%` }];
      const characters = [...token];
      if (characters.length === 1) return [{ text: token, match: 'prefix', pattern: `%${token}%` }];
      const pairs = characters.slice(1).map((next, at) => characters[at]! + next);
      return [...new Set(pairs)].map((pair) => ({ text: pair, match: 'whole', pattern: `%${pair}%` }));
    }),
    phrases: asked
      .filter(({ text: token, unspaced }) => (unspaced ? [...token].length > 2 : cut(token) !== token))
      .map(({ text: token, unspaced }) => (unspaced ? `%${token}%` : `% ${token}%`)),
  };
}

/** No text has more characters than it has code units. */
const cut = (word: string): string => (word.length <= LONGEST_TERM ? word : [...word].slice(0, LONGEST_TERM).join(''));
