import { Converter } from 'opencc-js/t2cn';
import type { NORMALISERS } from '../schema/intake.js';

export type Normaliser = (typeof NORMALISERS)[number];

/** Made when it is first needed: most packs of a start compare nothing. */
let simplifier: ((text: string) => string) | undefined;

/** Full and half width, letter case, traditional and simplified characters made alike. */
function alike(text: string): string {
  const simplify = (simplifier ??= Converter({ from: 't', to: 'cn' }));
  return simplify(text.normalize('NFKC').toLowerCase());
}

const NOTHING_BUT_WORDS = /[^\p{Letter}\p{Number}]+/gu;
/** What stands between the parts of an address: 3栋2单元1203室 is 3-2-1203. */
const PARTS_OF_A_ROOM = /(?:号楼|单元|栋|幢|座|楼|层|室|号|房|[^\p{Letter}\p{Number}])+/gu;

const NORMALISE: { readonly [name in Normaliser]: (text: string) => string } = {
  phone,
  plate: (text) => alike(text).replace(NOTHING_BUT_WORDS, ''),
  name: (text) => alike(text).replace(NOTHING_BUT_WORDS, ''),
  room: (text) => alike(text).replace(PARTS_OF_A_ROOM, '-').replace(/^-|-$/g, ''),
  text: (text) => alike(text).replace(NOTHING_BUT_WORDS, ''),
  exact: (text) => text.trim(),
};

/** a value as it is compared with others of its field; undefined where nothing is left that could be compared. */
export function normalised(value: string | number | boolean, as: Normaliser): string | undefined {
  const text = NORMALISE[as](String(value));
  return text === '' ? undefined : text;
}

const HOME = '86';

/**
 * A number as it is dialled at home, without the zero of its area: +86 10 6552 9988 is 010-65529988. Of other countries the
 * code stays.
 */
function phone(text: string): string {
  const dialled = text
    .normalize('NFKC')
    .replace(/[^\d+]/g, '')
    .replace(/^00/, '+')
    // Eleven digits from 1 on are a mobile number; who writes the country's code before them may leave out the plus.
    .replace(/^86(?=1\d{10}$)/, `+${HOME}`);
  if (!dialled.startsWith('+')) return dialled.replace(/\+/g, '').replace(/^0+/, '');
  const digits = dialled.replace(/\+/g, '');
  return digits.startsWith(HOME) ? digits.slice(HOME.length).replace(/^0+/, '') : digits && `+${digits}`;
}
