import { accept, isRefusal, refuse } from '#kernel';
import type { FormRule, Policy } from '#policy';
import { asked, mainComplainant, type CaseState } from '../domain/index.js';
import { decider, present, TextCommand } from '../command.js';
import { CodeField, ValuesField } from '../fields.js';
import { readValues } from '../pack-fields.js';

/** Section 12: a form of the pack is filled; it is kept as it was filled, and printable. */
export class FillForm extends TextCommand {
  @CodeField({ description: 'A form of the pack' })
  form!: string;

  @ValuesField({ description: "The form's fields, by id" })
  values!: Record<string, string | number | boolean>;
}

/** Whether a form may be filled for the case as it is. */
export const formApplies = ({ when }: FormRule, state: CaseState, policy: Policy): boolean =>
  when?.holds({ case: asked(state, policy), data: {} }) ?? true;

/** Result: `formId`. Refusals: UNKNOWN_FORM, FORM_NOT_FOR_THIS_CASE, UNKNOWN_FIELD, FIELD_MALFORMED, FIELDS_MISSING. */
export const fillForm = decider<FillForm>('FillForm', (command, state, facts) => {
  const { policy } = facts;
  const form = policy.forms.find(({ id }) => id === command.form);
  if (form === undefined) {
    return refuse('UNKNOWN_FORM', { form: command.form, allowed: policy.forms.map(({ id }) => id) });
  }
  if (!formApplies(form, state, policy)) {
    return refuse('FORM_NOT_FOR_THIS_CASE', { form: form.id, ...(form.when && { when: form.when.text }) });
  }
  const values = readValues(command.values, form.fields, { whole: true });
  if (isRefusal(values)) return values;
  const complainant = mainComplainant(state);
  const mentions = command.mentions ?? (complainant === undefined ? [] : [complainant]);
  const formId = facts.newId();
  const personal = present({
    values: values.personal && { keyId: facts.newKey(), mentions, value: values.personal },
  });
  const data = { formId, form: form.id, values: values.open, given: values.given };
  return accept([{ type: 'FormFilled', data, personal }], { formId });
});
