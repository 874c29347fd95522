import { accept, isRefusal, refuse, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { CASE_KINDS, CIRCUMSTANCES, type CaseKind, type Circumstance } from '../domain/index.js';
import { CaseCommand, decider, present } from '../command.js';
import { ChoiceField, CodeField, ListField, ValuesField } from '../fields.js';
import { readValues } from '../pack-fields.js';

/** I-8, S-1: what the case is about. What is left out stays as it is; circumstances are given whole. */
export class ClassifyCase extends CaseCommand {
  @CodeField({ optional: true, description: 'A category of the pack (I-8)' })
  category?: string;

  @ChoiceField(CASE_KINDS, { optional: true })
  kind?: CaseKind;

  @ListField(CIRCUMSTANCES, { optional: true, description: 'All circumstances that hold now' })
  circumstances?: Circumstance[];

  @ListField('id', { optional: true, description: 'Persons who are complained about besides those on record (H-2)' })
  against?: string[];

  @ValuesField({ optional: true, description: "The pack's own fields that are not personal, by id" })
  fields?: Record<string, string | number | boolean>;
}

/** Refusals: UNKNOWN_CATEGORY, UNKNOWN_FIELD, FIELD_MALFORMED, NOTHING_CHANGES. */
export const classifyCase = decider<ClassifyCase>('ClassifyCase', (command, state, { policy }) => {
  if (command.category !== undefined && !policy.knowsCategory(command.category)) {
    return unknownCategory(command.category, policy);
  }
  const values = readValues(
    command.fields,
    policy.fields.filter(({ personal }) => !personal),
  );
  if (isRefusal(values)) return values;
  const against = command.against?.filter((person) => !state.against.includes(person)) ?? [];
  const fields = Object.entries(values.open).filter(([id, value]) => state.fields[id] !== value);
  const circumstances = command.circumstances && [...new Set(command.circumstances)];
  const changes = present({
    category: command.category === state.category ? undefined : command.category,
    // A kind is named only where it changes: clocks of the new kind start then (K-1).
    kind: command.kind === state.kind ? undefined : command.kind,
    circumstances: circumstances && sameSet(circumstances, state.circumstances) ? undefined : circumstances,
    against: against.length === 0 ? undefined : [...new Set(against)],
    fields: fields.length === 0 ? undefined : Object.fromEntries(fields),
  });
  if (Object.keys(changes).length === 0) return refuse('NOTHING_CHANGES');
  return accept([{ type: 'CaseClassified', data: changes }]);
});

export const unknownCategory = (category: string, policy: Policy): Refusal =>
  refuse('UNKNOWN_CATEGORY', { category, allowed: policy.allowedCategories(), pack: policy.id });

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));
