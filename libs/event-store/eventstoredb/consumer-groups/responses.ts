import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL } from '../../checks.js';
import {
  CONSUMER_STRATEGIES,
  type ConnectedConsumer,
  type GroupInfo,
  type GroupPlace,
  type GroupStart,
} from '../../consumer-groups.js';
import type { StoredEvent } from '../../port.js';
import { storedEvent } from '../responses.js';
import { WireReader } from '../wire-reader.js';

/** What PersistentSubscriptions.Read answers. */
export type GroupResponse =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'event'; readonly event: StoredEvent; readonly id: string; readonly retryCount: number }
  | { readonly kind: 'other' };

/** Reads a `ReadResp` byte for byte, as of the Streams service. The client leaves the retry count out (EVENT_STORE.md, traps). */
export function groupResponse(bytes: Buffer): GroupResponse {
  const reader = new WireReader(bytes);
  switch (reader.field()) {
    case 1:
      return delivered(reader.message());
    case 2:
      return { kind: 'confirmed' };
    default:
      return { kind: 'other' };
  }
}

function delivered(reader: WireReader): GroupResponse {
  let [event, link]: [StoredEvent | undefined, StoredEvent | undefined] = [undefined, undefined];
  let retryCount = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) event = storedEvent(reader.message());
    else if (field === 2) link = storedEvent(reader.message());
    else if (field === 5) retryCount = reader.number();
    else reader.skip();
  }
  const [shown, settled] = [event ?? link, link ?? event];
  if (shown === undefined || settled === undefined) return { kind: 'other' };
  return { kind: 'event', event: shown, id: settled.id, retryCount };
}

export function groupInfo(info: persistentPb.SubscriptionInfo): GroupInfo {
  const stream = info.getEventSource();
  return {
    stream,
    group: info.getGroupName(),
    startFrom: startOf(stream, info.getStartFrom()),
    settings: {
      resolveLinks: info.getResolveLinkTos(),
      extraStatistics: info.getExtraStatistics(),
      messageTimeoutMs: info.getMessageTimeoutMilliseconds(),
      maxRetryCount: info.getMaxRetryCount(),
      // "Never" is more than the answer's 32 bits can say.
      checkpointAfterMs: Math.max(0, info.getCheckPointAfterMilliseconds()),
      minCheckpointCount: info.getMinCheckPointCount(),
      maxCheckpointCount: info.getMaxCheckPointCount(),
      maxSubscriberCount: info.getMaxSubscriberCount(),
      liveBufferSize: info.getLiveBufferSize(),
      readBatchSize: info.getReadBatchSize(),
      historyBufferSize: info.getBufferSize(),
      strategy: CONSUMER_STRATEGIES.find((known) => known === info.getNamedConsumerStrategy()) ?? 'RoundRobin',
    },
    consumers: info.getConnectionsList().map(connected),
    delivered: Number(info.getTotalItems()),
    // The live buffer still counts what was sent long ago.
    waiting: info.getReadBufferCount() + info.getRetryBufferCount(),
    inFlight: info.getTotalInFlightMessages(),
    parked: Number(info.getParkedMessageCount()),
    read: placeOf(stream, info.getLastKnownEventPosition()),
    checkpoint: placeOf(stream, info.getLastCheckpointedEventPosition()),
  };
}

const connected = (connection: persistentPb.SubscriptionInfo.ConnectionInfo): ConnectedConsumer => ({
  user: connection.getUsername(),
  from: connection.getFrom(),
  connectionName: connection.getConnectionName(),
  inFlight: connection.getInFlightMessages(),
  freeSlots: connection.getAvailableSlots(),
  delivered: Number(connection.getTotalItems()),
});

/** `7`, or for `$all` `C:7/P:7`; nothing where there is no place yet. */
function placeOf(stream: string, text: string): GroupPlace | undefined {
  if (stream !== ALL) return /^\d+$/.test(text) ? BigInt(text) : undefined;
  const [, commit, prepare] = /^C:(\d+)\/P:(\d+)$/.exec(text) ?? [];
  return commit === undefined ? undefined : { commit: BigInt(commit), prepare: BigInt(prepare!) };
}

function startOf(stream: string, text: string): GroupStart {
  const place = placeOf(stream, text);
  if (place === undefined) return 'end';
  return place === 0n || (typeof place === 'object' && place.commit === 0n) ? 'start' : place;
}
