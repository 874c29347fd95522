import { isId, isWellFormed } from '#kernel';
import { InvalidArgument } from './errors.js';
import type { ExpectedRevision, NewEvent } from './port.js';

/** The largest append where nobody says otherwise: EventStoreDB's default (EVENT_STORE.md 6). */
export const MAX_APPEND_BYTES = 1024 * 1024;

/** The stream of everything. */
export const ALL = '$all';

/** @throws InvalidArgument where no stream can have the name */
export function checkedStream(stream: string): string {
  if (stream === '') throw new InvalidArgument('A stream needs a name.');
  if (stream === ALL) throw new InvalidArgument('$all is no stream of its own: read all, or subscribe to all.');
  if (!isWellFormed(stream)) throw new InvalidArgument('The name of a stream must be well-formed Unicode.');
  return stream;
}

/** Ids are kept as sixteen bytes, so their case is not. @throws InvalidArgument */
export function checkedEvent(event: NewEvent): NewEvent {
  const id = event.id.toLowerCase();
  if (!isId(id)) throw new InvalidArgument(`Event id ${event.id} is no UUID.`);
  if (event.type === '' || !isWellFormed(event.type))
    throw new InvalidArgument('The type of an event must be well-formed Unicode and not empty.');
  return { ...event, id };
}

/** @throws InvalidArgument */
export function checkedExpectation(expected: ExpectedRevision): ExpectedRevision {
  if (typeof expected === 'bigint' && expected < 0n) throw new InvalidArgument(`Revision ${expected} is negative.`);
  return expected;
}

/** As EventStoreDB counts: two bytes per UTF-16 unit of the type. */
export const appendBytes = (events: readonly NewEvent[]): number =>
  events.reduce((sum, { type, data, metadata }) => sum + data.length + metadata.length + 2 * type.length, 0);
