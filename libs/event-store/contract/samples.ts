import { newId } from '#kernel';
import type { EventStore, NewEvent, StoredEvent, Subscription, SubscriptionMessage } from '../port.js';

/** An opened adapter. Its log may hold other events: the suite only speaks of streams with names of its own. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Closes the store and opens the same log again, as a restart of its process does. */
  reopen(): Promise<EventStore>;
  close(): Promise<void>;
}

/** The stores that a part of the suite works on; `reopen` changes `store`. */
export interface StoreUnderTest {
  store: EventStore;
  reopen(): Promise<void>;
}

export const streamName = (key = 'contract'): string => `${key}-${newId()}`;

export function event(over: Partial<NewEvent> = {}): NewEvent {
  return {
    id: newId(),
    type: 'SampleHappened',
    contentType: 'application/json',
    data: Buffer.from('{"amountCents":1200}'),
    metadata: Buffer.from('{"v":1}'),
    ...over,
  };
}

export const events = (count: number, over: Partial<NewEvent> = {}): NewEvent[] =>
  Array.from({ length: count }, () => event(over));

/** A stream with so many events, appended one by one. */
export async function grow(store: EventStore, count: number, stream = streamName()): Promise<string> {
  for (let i = 0; i < count; i++) await store.append(stream, i === 0 ? 'no_stream' : BigInt(i - 1), [event()]);
  return stream;
}

export const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
export const revisions = (list: readonly StoredEvent[]): number[] => list.map(({ revision }) => Number(revision));

/** What a promise was refused with: the members that a caller branches on. */
export async function refusal(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    return { accepted: await work };
  } catch (error) {
    return Object.fromEntries(
      ['code', 'stream', 'expected', 'actual', 'sizeBytes', 'limitBytes']
        .map((name) => [name, (error as Record<string, unknown>)[name]])
        .filter(([, value]) => value !== undefined),
    );
  }
}

/** Pulls messages until one satisfies the condition, which is the last one taken. `each` runs before the next is pulled. */
export async function pullUntil(
  subscription: Subscription,
  isLast: (message: SubscriptionMessage) => boolean,
  each: (message: SubscriptionMessage) => Promise<unknown> | void = () => undefined,
): Promise<SubscriptionMessage[]> {
  const messages: SubscriptionMessage[] = [];
  for await (const message of subscription) {
    messages.push(message);
    await each(message);
    if (isLast(message)) break;
  }
  return messages;
}

/** The events among the messages until the history is over. */
export async function history(subscription: Subscription): Promise<StoredEvent[]> {
  return eventsOf(await pullUntil(subscription, ({ kind }) => kind === 'caughtUp'));
}

export const eventsOf = (messages: readonly SubscriptionMessage[]): StoredEvent[] =>
  messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));

export const isEvent =
  (id: string) =>
  (message: SubscriptionMessage): boolean =>
    message.kind === 'event' && message.event.id === id;
