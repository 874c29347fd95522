import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL } from '../../checks.js';
import type { Consumer } from '../../embedded/consumer-groups/consumer.js';
import type { StartFrom } from '../../embedded/consumer-groups/definition.js';
import type { Group } from '../../embedded/consumer-groups/group.js';

const { SubscriptionInfo } = persistentPb;

/** What EventStoreDB tells of a group. */
export function subscriptionInfo(group: Group): persistentPb.SubscriptionInfo {
  const { definition, counts, all, totalItems } = group;
  const { settings, stream } = definition;
  const place = (at: number | undefined): string => (at === undefined || at < 0 ? '' : placeText(stream, at));
  return new SubscriptionInfo()
    .setEventSource(stream)
    .setGroupName(definition.group)
    .setStatus(counts.isLive ? 'Live' : 'Behind')
    .setConnectionsList(all.map(connectionInfo))
    .setTotalItems(String(totalItems))
    .setCountSinceLastMeasurement('0')
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
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs)
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

function connectionInfo(consumer: Consumer): persistentPb.SubscriptionInfo.ConnectionInfo {
  const { connection, delivered, freeSlots, inFlight } = consumer;
  return new SubscriptionInfo.ConnectionInfo()
    .setFrom(connection.from)
    .setUsername(connection.user)
    .setTotalItems(String(delivered))
    .setCountSinceLastMeasurement('0')
    .setAvailableSlots(freeSlots)
    .setInFlightMessages(inFlight.size)
    .setConnectionName(connection.connectionName);
}

const placeText = (stream: string, place: number): string => (stream === ALL ? `C:${place}/P:${place}` : String(place));

const startText = (stream: string, from: StartFrom): string =>
  placeText(stream, from === 'start' ? 0 : from === 'end' ? -1 : from);
