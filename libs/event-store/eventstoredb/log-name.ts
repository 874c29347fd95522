import { randomInt } from 'node:crypto';
import { newId } from '#kernel';
import { StreamNotFound, WrongExpectedRevision } from '../errors.js';
import type { EventStore } from '../port.js';

/** EventStoreDB gives its log no name, so that the first who opens it writes one down. */
export const NAME_STREAM = 'redress-log';
const TYPE = 'LogNamed';

export interface LogName {
  /** See `EventReader.epoch`. */
  readonly epoch: string;
  /** Written under a test clock, for good (EVENTS.md 20). */
  readonly testLog: boolean;
}

type NamedStore = Pick<EventStore, 'append' | 'readStream'>;

const newEpoch = (): string => Array.from({ length: 8 }, () => randomInt(36).toString(36)).join('');

/** The name of the log, for good (EVENTS.md 4). Of several who open it at once one names and marks it. */
export async function nameOf(store: NamedStore, testLog: boolean): Promise<LogName> {
  const known = await namedBefore(store);
  if (known !== undefined) return known;
  const name = { epoch: newEpoch(), testLog };
  try {
    await store.append(NAME_STREAM, 'no_stream', [
      {
        id: newId(),
        type: TYPE,
        contentType: 'application/json',
        data: Buffer.from(JSON.stringify({ epoch: name.epoch, ...(testLog && { testLog }) })),
        metadata: Buffer.alloc(0),
      },
    ]);
    return name;
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    return (await namedBefore(store))!;
  }
}

async function namedBefore(store: Pick<NamedStore, 'readStream'>): Promise<LogName | undefined> {
  try {
    const [event] = await store.readStream(NAME_STREAM, { maxCount: 1 });
    if (event === undefined) return undefined;
    const { epoch, testLog = false } = JSON.parse(Buffer.from(event.data).toString()) as Partial<LogName>;
    return { epoch: epoch!, testLog };
  } catch (error) {
    if (error instanceof StreamNotFound) return undefined;
    throw error;
  }
}
