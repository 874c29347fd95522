import { newId, refuse, type Refusal } from '#kernel';
import type { ControlDatabase, Language, PersonKind } from './schema.js';

export interface Person {
  readonly id: string;
  readonly kind: PersonKind;
  readonly name: string;
  readonly unit?: string;
  readonly active: boolean;
  /** Where notifications go; never in the log of events, in outbox rows or jobs (EVENTS.md 9). */
  readonly email?: string;
  /** In which language they are written; in both where it is not known. */
  readonly language?: Language;
  /** In which zone instants are told, an IANA name; the pack's where it is not known. */
  readonly timeZone?: string;
}

/** What is to change; null takes a value away, what is left out stays. */
export interface PersonChange {
  readonly name?: string;
  readonly unit?: string | null;
  readonly email?: string | null;
  readonly language?: Language | null;
  readonly timeZone?: string | null;
}

export interface NewPerson {
  readonly kind: PersonKind;
  readonly name: string;
  readonly unit?: string;
}

/** People and services, all of them in memory: there are thousands at most, and every request asks. */
export class People {
  private readonly people = new Map<string, Person>();

  constructor(private readonly database: ControlDatabase) {}

  async load(): Promise<void> {
    for (const { active, time_zone: timeZone, ...row } of await this.database
      .selectFrom('person')
      .selectAll()
      .execute()) {
      this.people.set(row.id, withoutNulls({ ...row, timeZone, active: active === 1 }) as unknown as Person);
    }
  }

  get(id: string): Person | undefined {
    return this.people.get(id);
  }

  /** By name. */
  list(): Person[] {
    return [...this.people.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  async add({ kind, name, unit }: NewPerson): Promise<Person> {
    const person: Person = { id: newId(), kind, name, ...(unit !== undefined && { unit }), active: true };
    await this.database
      .insertInto('person')
      .values({
        id: person.id,
        kind,
        name,
        unit: unit ?? null,
        active: 1,
        email: null,
        language: null,
        time_zone: null,
      })
      .execute();
    this.people.set(person.id, person);
    return person;
  }

  /** Somebody who left keeps their place in history, but none of their keys and sessions lets them in any more. */
  async setActive(id: string, active: boolean): Promise<Person | Refusal> {
    const person = this.people.get(id);
    if (!person) return refuse('PERSON_UNKNOWN', { personId: id });
    const changed = { ...person, active };
    if (!active) this.people.set(id, changed);
    await this.database
      .updateTable('person')
      .set({ active: active ? 1 : 0 })
      .where('id', '=', id)
      .execute();
    this.people.set(id, changed);
    return changed;
  }

  /** PERSON_UNKNOWN */
  async change(id: string, change: PersonChange): Promise<Person | Refusal> {
    const person = this.people.get(id);
    if (!person) return refuse('PERSON_UNKNOWN', { personId: id });
    const changed = withoutNulls({ ...person, ...change }) as unknown as Person;
    const { name, unit = null, email = null, language = null, timeZone = null } = changed;
    await this.database
      .updateTable('person')
      .set({ name, unit, email, language, time_zone: timeZone })
      .where('id', '=', id)
      .execute();
    this.people.set(id, changed);
    return changed;
  }
}

const withoutNulls = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
