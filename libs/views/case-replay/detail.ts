import { isOpen, mainComplainant, type CaseState } from '#cases/domain';
import type { Json, JsonObject } from '#kernel';
import type { Reading } from './replay.js';
import { thingKey, type Sheet, type ShownPart } from './sheet.js';

/** The case as people read it: plain fields from the state, words from the sheet. Fields that nobody gave are left out. */
export function caseDetail({ state, sheet }: Reading): JsonObject {
  const { fields } = sheet;
  return defined({
    phase: state.phase,
    kind: state.kind,
    severity: state.severity,
    grounds: state.grounds,
    category: state.category,
    unit: state.unit,
    owner: state.owner,
    channel: state.channel,
    persons: state.persons,
    circumstances: state.circumstances,
    priority: state.priority,
    fields: { ...state.fields, ...personalFields(fields['personalFields']) },
    given: state.given,
    waived: state.waived,
    against: state.against,
    firstReceiver: state.firstReceiver,
    openedFrom: state.openedFrom,
    customer: state.customer,
    repeats: state.repeats,
    forms: things(sheet, 'forms', 'formId', state.forms),
    sheets: things(sheet, 'sheets', 'sheetId', state.sheets),
    causes: fields['causes'],
    improvements: fields['improvements'],
    analysed: state.analysed,
    notifiedInWriting: state.notifiedInWriting,
    occurredAt: state.receivedAt,
    receivedAt: state.recordedAt,
    subject: fields['subject'],
    content: fields['content'],
    externalReference: fields['externalReference'],
    profile: fields['profile'],
    motive: fields['motive'],
    parties: state.parties.map((party) => partyOf(state, sheet, party)),
    clocks: state.clocks.map(clockOf),
    promises: things(sheet, 'promises', 'promiseId', state.promises),
    plans: things(sheet, 'plans', 'planId', state.plans),
    compensations: things(sheet, 'compensations', 'compensationId', state.compensations),
    escalations: things(sheet, 'escalations', 'escalationId', state.escalations),
    links: state.links,
    attachments: things(sheet, 'attachments', 'attachmentId', state.attachments).map(
      ({ keyId: _key, ciphertextSha256: _address, ...attachment }) => attachment,
    ),
    visits: state.visits.map((visit, index) => ({ ...visit, ...sheet.visits[index] })),
    steps: state.steps,
    recused: state.recused,
    acknowledged: state.acknowledged,
    replied: state.replied,
    notified: state.notified,
    answeredAtOnce: state.answeredAtOnce,
    justification: state.justification,
    cause: fields['cause'],
    impact: fields['impact'],
    findings: fields['findings'],
    outcome: 'outcome' in state ? state.outcome : undefined,
    resolution: fields['resolution'],
    waitingFor: 'waitingFor' in state ? state.waitingFor : undefined,
    reasonCode: 'reasonCode' in state ? state.reasonCode : undefined,
    declineReason: fields['declineReason'],
    withdrawalReason: fields['withdrawalReason'],
    archivedYear: 'year' in state ? state.year : undefined,
    opinion: state.opinion && defined({ ...state.opinion, text: fields['opinionText'] }),
    passedOnTo: state.passedOnTo,
    papersFiledWith: state.papersFiledWith,
    reopenCount: state.reopenCount,
    historical: state.historical,
    takenOverAt: state.takenOverAt,
  });
}

/** A run as people read it; what the fold keeps for itself stays there. */
function clockOf(run: CaseState['clocks'][number]): JsonObject {
  const {
    ruledBy: _by,
    dueBy: _due,
    knownAt: _known,
    ruling: _ruling,
    begunAt: _begun,
    endedAt,
    pauses,
    ...rest
  } = run;
  return defined({
    ...rest,
    pauses: pauses.map(({ from, to }) => defined({ from, to })),
    verdict: isOpen(run) ? undefined : run.state,
    metAt: endedAt,
  });
}

function partyOf(state: CaseState, sheet: Sheet, party: CaseState['parties'][number]): JsonObject {
  const { partyId } = party;
  const erased = state.erasedParties.includes(partyId);
  return defined({
    ...party,
    ...(erased ? { name: { erased: true } } : sheet.things[thingKey('parties', partyId)]),
    main: partyId === mainComplainant(state) ? true : undefined,
    verified: state.verified[partyId],
  });
}

/** The personal ones of the pack's own fields, each as a value of its own; one mark for all where they cannot be read. */
function personalFields(shown: ShownPart | undefined): Record<string, Json> {
  if (shown === undefined) return {};
  const values = 'value' in shown ? shown.value : undefined;
  if (values === null || typeof values !== 'object' || Array.isArray(values)) return { personal: { ...shown } };
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value: value as Json }]));
}

const things = <T extends object>(
  sheet: Sheet,
  list: string,
  id: keyof T & string,
  known: readonly T[],
): JsonObject[] => known.map((thing) => defined({ ...thing, ...sheet.things[thingKey(list, String(thing[id]))] }));

/** Without what is undefined: JSON has no such thing, and a field that came is a change. */
const defined = (fields: object): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, Json>;
