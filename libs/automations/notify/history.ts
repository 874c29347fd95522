import { caseAggregate, CASE_STREAM_PREFIX, type CaseState, type RecordedCaseEvent } from '#cases';
import { orNone, type EventReader } from '#event-store';
import { decodeEvent } from '#kernel';

/** What happened in a case, as it stands in the log; parts stay sealed, so that nothing personal can get further. */
export type History = readonly RecordedCaseEvent[];

export type ReadHistory = (caseId: string) => Promise<History>;

export const readHistoryOf =
  (reader: Pick<EventReader, 'readStream'>): ReadHistory =>
  async (caseId) => {
    const stored = await orNone(reader.readStream(`${CASE_STREAM_PREFIX}${caseId}`));
    return stored.flatMap((event) => (decodeEvent(event, caseAggregate.upcasts) as RecordedCaseEvent) ?? []);
  };

/** The case as it was behind a revision; as it is where none is given. */
export const caseBehind = (history: History, revision = Infinity): CaseState =>
  history
    .filter((event) => event.revision <= revision)
    .reduce<CaseState>((state, event) => caseAggregate.evolve(state, event), caseAggregate.initial);
