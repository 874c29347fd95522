import type { JsonObject, OpenedEvent, OpenedPart, RecordedEvent, SealedPart } from '#kernel';
import type { Opening, PartToOpen, Vault } from './vault.js';

/** Which keys a stream says were erased: the `keyIds` of all its `SubjectErased`, the latest included (EVENTS.md 8). */
export type FindErasedKeys = (stream: string) => Promise<ReadonlySet<string>>;

/** A key that is missing although nobody erased it: `KEY_LOST` (EVENTS.md 8). Ids only, for logs and alarms. */
export interface LostKey {
  readonly code: 'KEY_LOST';
  readonly keyId: string;
  readonly stream: string;
  readonly eventId: string;
  readonly part: string;
}

const nothing = (): void => undefined;

/** The ids of the keys that these events of one stream say were erased. */
export function erasedKeysIn(events: Iterable<{ readonly type: string; readonly data: JsonObject }>): Set<string> {
  const erased = new Set<string>();
  for (const { type, data } of events) {
    if (type !== 'SubjectErased' || !Array.isArray(data['keyIds'])) continue;
    for (const keyId of data['keyIds']) if (typeof keyId === 'string') erased.add(keyId);
  }
  return erased;
}

/**
 * Opens all personal parts of events of any streams in one batch. Streams are asked about erasures only where a key is
 * missing, and each once.
 * @param onLost is told of every part whose key is missing though nobody erased it; make it loud
 * @throws AlteredPart, WrongKey: an event that does not authenticate is not shown in part
 */
export async function openParts(
  vault: Pick<Vault, 'open'>,
  findErasedKeys: FindErasedKeys,
  events: readonly RecordedEvent[],
  onLost: (lost: LostKey) => void = nothing,
): Promise<OpenedEvent[]> {
  const parts = events.flatMap((event) =>
    Object.entries(event.personal).map(([part, sealed]) => ({ eventId: event.id, part, sealed, stream: event.stream })),
  );
  const openings = parts.length === 0 ? [] : await vault.open(parts);
  const erased = await erasuresOf(parts, openings, findErasedKeys);
  let next = 0;
  return events.map((event) => {
    const personal: Record<string, OpenedPart> = {};
    for (const [part, sealed] of Object.entries(event.personal)) {
      const opening = openings[next++]!;
      personal[part] = 'missing' in opening ? whyMissing(event, part, sealed, erased, onLost) : opening;
    }
    return { ...event, personal };
  });
}

async function erasuresOf(
  parts: readonly (PartToOpen & { readonly stream: string })[],
  openings: readonly Opening[],
  findErasedKeys: FindErasedKeys,
): Promise<Map<string, ReadonlySet<string>>> {
  const streams = new Set(parts.filter((_, at) => 'missing' in openings[at]!).map((part) => part.stream));
  return new Map(
    await Promise.all([...streams].map(async (stream) => [stream, await findErasedKeys(stream)] as const)),
  );
}

function whyMissing(
  event: RecordedEvent,
  part: string,
  { keyId }: SealedPart,
  erased: ReadonlyMap<string, ReadonlySet<string>>,
  onLost: (lost: LostKey) => void,
): OpenedPart {
  if (erased.get(event.stream)?.has(keyId)) return { erased: true };
  onLost({ code: 'KEY_LOST', keyId, stream: event.stream, eventId: event.id, part });
  return { lost: true };
}
