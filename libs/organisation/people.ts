import { newId, refuse, type Refusal } from '#kernel';
import type { ControlDatabase, PersonKind } from './schema.js';

export interface Person {
  readonly id: string;
  readonly kind: PersonKind;
  readonly name: string;
  readonly unit?: string;
  readonly active: boolean;
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
    const rows = await this.database.selectFrom('person').selectAll().execute();
    for (const { unit, active, ...row } of rows) {
      this.people.set(row.id, { ...row, ...(unit !== null && { unit }), active: active === 1 });
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
      .values({ id: person.id, kind, name, unit: unit ?? null, active: 1 })
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
}
