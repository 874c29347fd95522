import { status } from '@grpc/grpc-js';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { Failure, groupFailed, handlerThrew } from '../failures.js';
import { ALL } from '../access.js';
import { filterOf } from '../streams/read-request.js';
import type { WireFilter } from '../streams/filter.js';
import { checkedRevision, END, streamNameOf } from '../wire/messages.js';

export const STRATEGIES = ['RoundRobin', 'DispatchToSingle', 'Pinned', 'PinnedByCorrelation'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Milliseconds are 0 where there is no limit, as on the wire. */
export interface GroupSettings {
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0 for any number. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: Strategy;
}

/** Inclusive: a revision, or for `$all` a position. */
export type StartFrom = 'start' | 'end' | number;

/** What a group is made of. */
export interface GroupDefinition {
  /** `$all` for everything. */
  readonly stream: string;
  readonly group: string;
  readonly startFrom: StartFrom;
  readonly filter?: WireFilter;
  readonly settings: GroupSettings;
}

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
    settings: settingsOf(settings),
  };
}

/** The filter of a group cannot be changed. @throws Failure */
export function updateDefinition(request: persistentPb.UpdateReq): GroupDefinition {
  const options = request.getOptions();
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) throw handlerThrew();
  return { ...sourceOf(options, settings), group: options.getGroupName(), settings: settingsOf(settings) };
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
    return { stream: streamNameOf(options.getStreamIdentifier()), startFrom: startAt(settings.getRevision()) };
  }
  const name = streamNameOf(stream.getStreamIdentifier());
  if (stream.hasEnd()) return { stream: name, startFrom: 'end' };
  return { stream: name, startFrom: stream.hasRevision() ? startAt(stream.getRevision()) : 'start' };
}

function startAt(revision: string): StartFrom {
  if (revision === END) return 'end';
  return revision === '0' ? 'start' : Number(checkedRevision(revision));
}

function settingsOf(settings: Settings): GroupSettings {
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
    strategy: strategyOf(settings),
  };
}

const NUMBERED: readonly Strategy[] = ['DispatchToSingle', 'RoundRobin', 'Pinned'];

function strategyOf(settings: Settings): Strategy {
  const name = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  if (name === '') return NUMBERED[settings.getNamedConsumerStrategy()] ?? 'RoundRobin';
  const strategy = STRATEGIES.find((known) => known === name);
  if (strategy === undefined) throw new Failure(status.INVALID_ARGUMENT, `Consumer strategy ${name} does not exist.`);
  return strategy;
}

/** @throws Failure where EventStoreDB would not have the group */
export function checkDefinition({ stream, group, startFrom, settings }: GroupDefinition, head: number): void {
  if (stream === '') throw groupFailed(stream, group, 'Bad stream name.');
  if (settings.readBatchSize >= settings.historyBufferSize) {
    throw groupFailed(stream, group, 'ReadBatchSize may not be greater than or equal to BufferSize');
  }
  if (stream === ALL && typeof startFrom === 'number' && startFrom > head) {
    const reason =
      'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.';
    throw groupFailed(stream, group, reason);
  }
}
