import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL } from '../../checks.js';
import type { Consumer } from '../../embedded/consumer-groups/consumer.js';
import type { StartFrom } from '../../embedded/consumer-groups/definition.js';
import type { Group } from '../../embedded/consumer-groups/group.js';
import type { Measured } from '../../embedded/consumer-groups/throughput.js';

const { SubscriptionInfo } = persistentPb;

/** What becomes of EventStoreDB's longest time span where it is told in 32 bits. */
const NEVER = -(2 ** 31);

/** What EventStoreDB tells of a group. */
export function subscriptionInfo(group: Group): persistentPb.SubscriptionInfo {
  const { definition, counts, all, throughput } = group;
  const { settings, stream } = definition;
  const place = (at: number | undefined): string => (at === undefined || at < 0 ? '' : group.textOf(at));
  const measured = group.measure();
  return new SubscriptionInfo()
    .setEventSource(stream)
    .setGroupName(definition.group)
    .setStatus(counts.isLive ? 'Live' : 'Behind')
    .setConnectionsList(all.map((consumer, i) => connectionInfo(consumer, measured.consumers[i]!)))
    .setAveragePerSecond(measured.group.perSecond)
    .setTotalItems(String(throughput.total))
    .setCountSinceLastMeasurement(String(measured.group.items))
    .setLastCheckpointedEventPosition(place(counts.checkpointed))
    .setLastKnownEventPosition(place(counts.known))
    .setResolveLinkTos(settings.resolveLinks)
    .setStartFrom(startText(stream, definition.startFrom))
    .setMessageTimeoutMilliseconds(settings.messageTimeoutMs)
    .setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetryCount)
    .setLiveBufferSize(settings.liveBufferSize)
    .setBufferSize(settings.historyBufferSize)
    .setReadBatchSize(settings.readBatchSize)
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs === 0 ? NEVER : settings.checkpointAfterMs)
    .setMinCheckPointCount(settings.minCheckpointCount)
    .setMaxCheckPointCount(settings.maxCheckpointCount)
    .setReadBufferCount(counts.waiting)
    .setLiveBufferCount(String(counts.live))
    .setRetryBufferCount(counts.retries)
    .setTotalInFlightMessages(all.reduce((sum, { inFlight }) => sum + inFlight.size, 0))
    .setOutstandingMessagesCount(counts.outstanding)
    .setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxSubscriberCount)
    .setParkedMessageCount(String(counts.parked));
}

function connectionInfo(
  { connection, throughput, freeSlots, inFlight, timings }: Consumer,
  measured: Measured,
): persistentPb.SubscriptionInfo.ConnectionInfo {
  const measurements = (timings?.details() ?? []).map(([key, value]) =>
    new SubscriptionInfo.Measurement().setKey(key).setValue(String(value)),
  );
  // EventStoreDB does not say from where a gRPC client comes.
  return new SubscriptionInfo.ConnectionInfo()
    .setFrom('')
    .setUsername(connection.user)
    .setAverageItemsPerSecond(measured.perSecond)
    .setTotalItems(String(throughput.total))
    .setCountSinceLastMeasurement(String(measured.items))
    .setObservedMeasurementsList(measurements)
    .setAvailableSlots(freeSlots)
    .setInFlightMessages(inFlight.size)
    .setConnectionName(connection.connectionName);
}

const placeText = (stream: string, place: number): string => (stream === ALL ? `C:${place}/P:${place}` : String(place));

const startText = (stream: string, from: StartFrom): string =>
  placeText(stream, from === 'start' ? 0 : from === 'end' ? -1 : from);
