import { formApplies, type CaseState } from '#cases';
import type { JsonObject } from '#kernel';
import type { FormRule, PackField, Policy, StepRule } from '#policy';

/** What the pack that rules a case asks for in words and fields of its own: whoever shows the case needs no other pack. */
export const rulesOfCase = (state: CaseState, policy: Policy): JsonObject => ({
  pack: policy.id,
  version: policy.version,
  categories: policy.categories as never,
  clocks: policy.clocks.map(({ id, label }) => ({ id, label })),
  escalations: policy.escalations.map(({ id, label }) => ({ id, label })),
  customers: policy.customers as never,
  fields: policy.fields.map(shownField),
  forms: policy.forms.map((form) => ({ ...shownForm(form), applies: formApplies(form, state, policy) })),
  steps: policy.steps.map(shownStep),
});

const shownForm = ({ id, label, fields, source }: FormRule): JsonObject => ({
  id,
  label,
  fields: fields.map(shownField),
  source,
});

const shownStep = ({ id, label, persons, fields, source }: StepRule): JsonObject => ({
  id,
  label,
  persons,
  fields: fields.map(shownField),
  source,
});

export const shownField = ({ id, label, type, choices, personal, required }: PackField): JsonObject => ({
  id,
  label,
  type,
  ...(choices === undefined ? {} : { choices }),
  personal,
  required,
});
