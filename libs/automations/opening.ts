import { caseAggregate, type RecordedCaseEvent } from '#cases';
import type { EventReader } from '#event-store';
import { decodeEvent } from '#kernel';

type Opening = Extract<RecordedCaseEvent, { type: 'CaseReceived' }>['data'];

/** What the first event of a case says of it; undefined where it is none of ours. */
export async function openingOf(reader: EventReader, stream: string): Promise<Opening | undefined> {
  const [first] = await reader.readStream(stream, { maxCount: 1 });
  const event = first && (decodeEvent(first, caseAggregate.upcasts) as RecordedCaseEvent | undefined);
  return event?.type === 'CaseReceived' ? event.data : undefined;
}
