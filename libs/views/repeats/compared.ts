import { createHmac } from 'node:crypto';
import type { CaseEvent } from '#cases';
import type { OpenedPart } from '#kernel';
import { normalised, type Normaliser, type Sameness } from '#policy';
import type { Projected } from '#sql';

/** What of a case is compared with others: words that are personal as keyed hashes, all else as it is. */
export interface Compared {
  readonly kind: string;
  readonly category?: string;
  readonly unit?: string;
  readonly channel: string;
  /** The party of the complainant; verifying or erasing it is about them. */
  readonly party?: string;
  /** The customer file in which the complainant was found; of all that tells who they are the surest. */
  readonly customer?: string;
  /** A phone number, what the source calls them, or name and contact together. */
  readonly person?: string;
  /** The name alone: enough to tell two persons apart, too little to call them one. */
  readonly name?: string;
  /** By field and how it is made alike. */
  readonly fields: { readonly [field: string]: string };
}

/** Makes keyed hashes: 128 bits, so that nobody without the secret can try out numbers and names. */
export class Hashes {
  constructor(private readonly secret: Buffer) {}

  of(...parts: readonly string[]): string {
    const mac = createHmac('sha256', this.secret);
    for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
    return mac.digest('base64url').slice(0, 22);
  }

  /** What a case agrees in with all that are the same; undefined where something of it is not known. */
  keyOf({ id, same, normalisers }: Sameness, compared: Compared): string | undefined {
    const values = same.map((name) => valueOf(name, compared, normalisers));
    return values.every((value) => value !== undefined) ? this.of(id, ...values) : undefined;
  }

  /** All that somebody is recognised by, the surest first: what a source calls them, a number, name and contact together. */
  allOf({ reference, phone, secondPhone, name, email, address }: Details): ReadonlySet<string> {
    const alikeName = name === undefined ? undefined : normalised(name, 'name');
    const alike = (value: string | undefined, as: Normaliser): readonly string[] =>
      value === undefined ? [] : [normalised(value, as) ?? []].flat();
    const numbers = [phone, secondPhone].flatMap((it) => alike(it, 'phone'));
    const contacts = alikeName === undefined ? [] : [email, address].flatMap((it) => alike(it, 'text'));
    return new Set([
      ...(reference === undefined ? [] : [this.of('reference', reference.trim())]),
      ...numbers.map((number) => this.of('phone', number)),
      ...contacts.map((contact) => this.of('contact', alikeName!, contact)),
    ]);
  }

  /** Those of the fields that anything is compared by. */
  fields(values: object, normalisers: Iterable<readonly [string, Normaliser]>): Compared['fields'] {
    const hashes: Record<string, string> = {};
    for (const [field, as] of normalisers) {
      const value = Object.hasOwn(values, field) ? (values as Record<string, string | number | boolean>)[field] : '';
      const alike = value === undefined ? undefined : normalised(value, as);
      if (alike !== undefined) hashes[`${field} ${as}`] = this.of('field', field, alike);
    }
    return hashes;
  }

  /** Who the complainant is, as far as their details say: the surest of what they are recognised by. */
  person(part: OpenedPart | undefined): Pick<Compared, 'person' | 'name'> {
    const details = detailsIn(part);
    const { name } = details;
    const alikeName = name === undefined ? undefined : normalised(name, 'name');
    const [who] = this.allOf(details);
    return {
      ...(who === undefined ? {} : { person: who }),
      ...(alikeName === undefined ? {} : { name: this.of('name', alikeName) }),
    };
  }
}

/** Who complains, for telling persons apart. */
export const complainantOf = ({ customer, person, name }: Compared): string | undefined => customer ?? person ?? name;

function valueOf(name: string, compared: Compared, normalisers: ReadonlyMap<string, Normaliser>): string | undefined {
  switch (name) {
    case 'complainant':
      return compared.customer ?? compared.person;
    case 'category':
    case 'unit':
    case 'channel':
      return compared[name];
    default: {
      const field = name.slice('field.'.length);
      return compared.fields[`${field} ${normalisers.get(field) ?? 'exact'}`];
    }
  }
}

/** What an event makes of all that is compared; the same object where it says nothing about it. */
export function comparedAfter(
  before: Compared,
  event: Projected<CaseEvent>,
  hashes: Hashes,
  normalisers: Iterable<readonly [string, Normaliser]>,
): Compared {
  const fieldsIn = (data: object | undefined, part?: OpenedPart): Compared['fields'] => ({
    ...before.fields,
    ...hashes.fields({ ...data, ...valuesIn(part) }, normalisers),
  });
  switch (event.type) {
    case 'CaseReceived': {
      const { kind, channel, category, unit, parties, fields } = event.data;
      const party = parties.find(({ role }) => role === 'complainant')?.partyId;
      return {
        kind,
        channel,
        ...(category === undefined ? {} : { category }),
        ...(unit === undefined ? {} : { unit }),
        ...(party === undefined ? {} : { party }),
        ...hashes.person(event.personal.complainant),
        fields: fieldsIn(fields, event.personal.fields),
      };
    }
    case 'IntakeAmended':
      return {
        ...before,
        ...hashes.person(event.personal.complainant),
        fields: fieldsIn(event.data.fields, event.personal.fields),
      };
    case 'CaseClassified': {
      const { kind, category, fields } = event.data;
      return {
        ...before,
        ...(kind === undefined ? {} : { kind }),
        ...(category === undefined ? {} : { category }),
        ...(fields === undefined ? {} : { fields: fieldsIn(fields) }),
      };
    }
    case 'CaseAssigned':
    case 'CaseTransferred':
      return event.data.unit === before.unit ? before : { ...before, unit: event.data.unit };
    case 'IdentityVerified': {
      const { partyId, result, customerId } = event.data;
      if (partyId !== before.party) return before;
      const { customer: _, ...rest } = before;
      return result === 'verified' && customerId !== undefined
        ? { ...rest, customer: hashes.of('customer', customerId) }
        : rest;
    }
    default:
      return before;
  }
}

/** What of a person is compared. */
export type Details = {
  readonly [detail in 'reference' | 'phone' | 'secondPhone' | 'name' | 'email' | 'address']?: string;
};

const detailsIn = (part: OpenedPart | undefined): Details => valuesIn(part) as Details;

function valuesIn(part: OpenedPart | undefined): object {
  if (part === undefined || !('value' in part)) return {};
  const { value } = part;
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
