import type { PersonDetails } from './command.js';

interface Known {
  readonly complainant?: PersonDetails | undefined;
  readonly representative?: PersonDetails | undefined;
  readonly subject?: string | undefined;
  readonly content?: string | undefined;
  readonly externalReference?: string | undefined;
}

/** I-2: the names of what is known of an intake, so that rules can ask for it without seeing a personal word. */
export function knownOf({ complainant, representative, ...texts }: Known): readonly string[] {
  return [...ofPerson('complainant', complainant), ...ofPerson('representative', representative), ...namesOf(texts)];
}

function ofPerson(role: string, details: PersonDetails | undefined): readonly string[] {
  if (details === undefined) return [];
  const { phone, email, address } = details;
  const names = namesOf({ ...details }).map((name) => `${role}.${name}`);
  return [phone, email, address].some((it) => it !== undefined) ? [...names, `${role}.contact`] : names;
}

const namesOf = (things: object): readonly string[] =>
  Object.entries(things).flatMap(([name, value]) => (value === undefined ? [] : [name]));
