import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL } from '../../checks.js';
import { CONSUMER_STRATEGIES, type ConsumerStrategy, type GroupSettings } from '../../consumer-groups.js';
import type { GroupDefinition, StartFrom } from '../../embedded/consumer-groups/definition.js';
import { GroupRefused } from '../../errors.js';
import { allNamedAsStream, handlerThrew } from '../failures.js';
import { filterOf } from '../streams/read-request.js';
import { checkedRevision, END, streamNameOf } from '../wire/messages.js';

type Settings = persistentPb.CreateReq.Settings | persistentPb.UpdateReq.Settings;
const TICKS_PER_MS = 10_000;

/** @throws Failure */
export function createDefinition(request: persistentPb.CreateReq): GroupDefinition {
  const options = request.getOptions();
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) throw handlerThrew();
  const filter = options.getAll()?.getFilter();
  return {
    ...sourceOf(options, settings),
    ...(filter === undefined ? {} : { filter: filterOf(filter) }),
    group: options.getGroupName(),
    settings: settingsOf(settings, options),
  };
}

/** The filter of a group cannot be changed. @throws Failure */
export function updateDefinition(request: persistentPb.UpdateReq): GroupDefinition {
  const options = request.getOptions();
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) throw handlerThrew();
  return { ...sourceOf(options, settings), group: options.getGroupName(), settings: settingsOf(settings, options) };
}

type SourceOptions = persistentPb.CreateReq.Options | persistentPb.UpdateReq.Options;

function sourceOf(options: SourceOptions, settings: Settings): Pick<GroupDefinition, 'stream' | 'startFrom'> {
  const all = options.getAll();
  if (all !== undefined) {
    const position = all.getPosition();
    if (position === undefined) return { stream: ALL, startFrom: all.hasEnd() ? 'end' : 'start' };
    return { stream: ALL, startFrom: Number(position.getCommitPosition()) };
  }
  const stream = options.getStream();
  if (stream === undefined) {
    // The Node client still names the stream and the revision where releases before 21.6 looked for them.
    return { stream: ownStreamOf(options.getStreamIdentifier()), startFrom: startAt(settings.getRevision()) };
  }
  const name = ownStreamOf(stream.getStreamIdentifier());
  if (stream.hasEnd()) return { stream: name, startFrom: 'end' };
  return { stream: name, startFrom: stream.hasRevision() ? startAt(stream.getRevision()) : 'start' };
}

/** @throws Failure where `$all` is named as a stream */
export function ownStreamOf(identifier: Parameters<typeof streamNameOf>[0]): string {
  const name = streamNameOf(identifier);
  if (name === ALL) throw allNamedAsStream();
  return name;
}

function startAt(revision: string): StartFrom {
  if (revision === END) return 'end';
  return revision === '0' ? 'start' : Number(checkedRevision(revision));
}

function settingsOf(settings: Settings, options: SourceOptions): GroupSettings {
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeoutMs: settings.hasMessageTimeoutTicks()
      ? Number(settings.getMessageTimeoutTicks()) / TICKS_PER_MS
      : settings.getMessageTimeoutMs(),
    maxRetryCount: settings.getMaxRetryCount(),
    checkpointAfterMs: settings.hasCheckpointAfterTicks()
      ? Number(settings.getCheckpointAfterTicks()) / TICKS_PER_MS
      : settings.getCheckpointAfterMs(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    readBatchSize: settings.getReadBatchSize(),
    historyBufferSize: settings.getHistoryBufferSize(),
    strategy: strategyOf(settings, options),
  };
}

const NUMBERED: readonly ConsumerStrategy[] = ['DispatchToSingle', 'RoundRobin', 'Pinned'];

/** @throws GroupRefused where there is no such strategy */
function strategyOf(settings: Settings, options: SourceOptions): ConsumerStrategy {
  const name = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  if (name === '') return NUMBERED[settings.getNamedConsumerStrategy()] ?? 'RoundRobin';
  const strategy = CONSUMER_STRATEGIES.find((known) => known === name);
  if (strategy !== undefined) return strategy;
  const { stream } = sourceOf(options, settings);
  throw new GroupRefused(stream, options.getGroupName(), `Consumer strategy ${name} does not exist.`);
}
