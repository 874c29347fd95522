import type { RecordedCaseEvent } from '#cases';
import type { EventReader } from '#event-store';
import { readCaseEvent } from './follow-cases.js';

type Opening = Extract<RecordedCaseEvent, { type: 'CaseReceived' }>['data'];

/** What the first event of a case says of it; undefined where it is none of ours. */
export async function openingOf(reader: EventReader, stream: string): Promise<Opening | undefined> {
  const [first] = await reader.readStream(stream, { maxCount: 1 });
  const event = first && readCaseEvent(first);
  return event?.type === 'CaseReceived' ? event.data : undefined;
}
