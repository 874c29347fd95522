import type { CaseIn, CaseState } from '../state.js';
import { enter, unchanged, withNew, type Folds } from './fold.js';
import { lapsed } from './intake.js';

/** From the solution to the archive, and back when it is taken up again. */
export const RESULT: Folds<
  | 'CaseResolved'
  | 'CustomerNotified'
  | 'OpinionRecorded'
  | 'ReturnVisitMade'
  | 'CaseReopened'
  | 'PapersFiled'
  | 'CaseClosed'
  | 'CaseArchived'
  | 'CaseWithdrawn'
  | 'NoteAdded'
  | 'AttachmentAdded'
  | 'CaseLinked'
  | 'CaseUnlinked'
  | 'HistoryImported'
  | 'SourceEntryRecorded'
  | 'TakenOver'
  | 'SubjectErased'
> = {
  CaseResolved: (state, { data }) => ended(enter(state, { phase: 'resolved', outcome: data.outcome })),
  CustomerNotified: (state, { data }) => ({
    ...state,
    notified: true,
    notifiedInWriting: state.notifiedInWriting || data.inWriting,
  }),
  OpinionRecorded: (state, { data }) => ({ ...state, opinion: data }),
  ReturnVisitMade: (state, { data, meta }) => ({
    ...state,
    visits: [...state.visits, { ...data, at: meta.occurredAt, round: state.reopenCount }],
  }),
  CaseReopened: (state, { data }) =>
    data.to === 'resolved'
      ? { ...enter(state, { phase: 'resolved', ...outcomeOf(state) }), unclosedCount: state.unclosedCount + 1 }
      : {
          ...enter(state, { phase: 'handling' }),
          reopenCount: state.reopenCount + 1,
          notified: false,
          notifiedInWriting: false,
        },
  PapersFiled: (state, { data }) => ({ ...state, papersFiledWith: data.with }),
  CaseClosed: (state) => enter(state, { phase: 'closed', ...outcomeOf(state) }),
  CaseArchived: (state, { data }) => enter(state, { phase: 'archived', year: data.year }),
  CaseWithdrawn: (state, { data }) => lapsed(enter(state, { phase: 'withdrawn', reasonCode: data.reasonCode })),
  NoteAdded: unchanged,
  AttachmentAdded: (state, { data }) => ({ ...state, attachments: [...state.attachments, data] }),
  CaseLinked: (state, { data: { linkId, otherCaseId, relation } }) => ({
    ...state,
    links: [...state.links, { linkId, otherCaseId, relation }],
  }),
  CaseUnlinked: (state, { data }) => ({ ...state, links: state.links.filter(({ linkId }) => linkId !== data.linkId) }),
  HistoryImported: (state) => ({ ...state, historical: true }),
  SourceEntryRecorded: unchanged,
  TakenOver: (state, { data }) => ({ ...state, takenOverAt: data.at }),
  SubjectErased: (state, { data }) => ({
    ...state,
    erasedParties: withNew(state.erasedParties, data.parties),
    erasedKeys: withNew(state.erasedKeys, data.keyIds),
  }),
};

const outcomeOf = (state: CaseState): { readonly outcome?: NonNullable<CaseIn<'closed'>['outcome']> } =>
  (state.phase === 'resolved' || state.phase === 'closed') && state.outcome !== undefined
    ? { outcome: state.outcome }
    : {};

/** E-1: an escalation ends when the case is resolved. */
const ended = (state: CaseState): CaseState =>
  state.escalations.some((it) => it.state === 'open')
    ? {
        ...state,
        escalations: state.escalations.map((it) => (it.state === 'open' ? { ...it, state: 'ended' as const } : it)),
      }
    : state;
