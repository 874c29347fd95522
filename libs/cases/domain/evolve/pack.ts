import type { CaseState } from '../state.js';
import { changed, withNew, type Folds } from './fold.js';

/** What packs ask for besides the life of a case, and what it has to do with others. */
export const PACK: Folds<
  | 'IntakeAmended'
  | 'PriorityAssigned'
  | 'FormFilled'
  | 'CausesAnalysed'
  | 'SheetRequested'
  | 'SheetFinished'
  | 'RepeatFound'
  | 'RepeatWithdrawn'
  | 'RepeatDismissed'
  | 'CustomerStandingRecorded'
> = {
  IntakeAmended: (state, { data }) => ({
    ...state,
    fields: { ...state.fields, ...data.fields },
    given: withNew(state.given, [...data.given, ...(data.waived ?? [])]),
    waived: withNew(state.waived, data.waived ?? []),
  }),
  PriorityAssigned: (state, { data }) => ({ ...state, priority: data }),
  FormFilled: (state, { data, meta }) => {
    const { formId, form, values } = data;
    const filled = { formId, form, values, by: meta.actor.id, at: meta.occurredAt, round: state.reopenCount };
    return { ...state, forms: [...state.forms, filled], given: withNew(state.given, [form]) };
  },
  CausesAnalysed: (state) => ({ ...state, analysed: true }),
  SheetRequested: (state, { data }) => ({ ...state, sheets: [...state.sheets, { ...data, state: 'open' }] }),
  SheetFinished: (state, { data }) => ({
    ...state,
    sheets: changed(
      state.sheets,
      ({ sheetId }) => sheetId === data.sheetId,
      (sheet) => ({ ...sheet, state: data.outcome }),
    ),
  }),
  RepeatFound: (state, { id, data }) => ({
    ...state,
    repeats: [...otherRepeats(state, data.rule), data],
    evidence: { ...state.evidence, [data.rule]: id },
  }),
  RepeatWithdrawn: (state, { data }) => ({ ...state, repeats: otherRepeats(state, data.rule) }),
  RepeatDismissed: (state, { data }) => ({
    ...state,
    dismissed: [...state.dismissed, { rule: data.rule, otherCaseId: data.otherCaseId }],
  }),
  CustomerStandingRecorded: (state, { data }) => ({ ...state, customer: data }),
};

const otherRepeats = (state: CaseState, rule: string): CaseState['repeats'] =>
  state.repeats.filter((it) => it.rule !== rule);
