import type { Aggregate } from '#execution';
import { accept, type Decide, type DomainEvent } from '#kernel';

/** Which streams hold rules: so that a start reads these few and not the whole log. Written before the stream's first event. */
export type StreamsEvent = DomainEvent<'RuleStreamNamed', { readonly stream: string }>;

export interface RuleStreams {
  readonly streams: readonly string[];
}

/** The one stream is `rulebook-streams`. */
export const STREAMS_ID = 'streams';

export const streamsAggregate: Aggregate<RuleStreams, StreamsEvent, null> = {
  category: 'rulebook',
  initial: { streams: [] },
  upcasts: {},
  evolve: ({ streams }, { data: { stream } }) => ({ streams: [...streams, stream] }),
  settle: () => [],
  follow: () => [],
};

export const nameStream: Decide<{ readonly stream: string }, RuleStreams, StreamsEvent, null> = (
  { stream },
  { streams },
) => accept<StreamsEvent>(streams.includes(stream) ? [] : [{ type: 'RuleStreamNamed', data: { stream } }]);
