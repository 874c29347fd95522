import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { GroupFilter } from '../../consumer-groups.js';
import { isExpression } from '../../embedded/guarded-expression.js';
import { DELETED_REVISION } from '../../stream-metadata.js';
import { handlerThrew, invalidArgument } from '../failures.js';
import { checkedRevision, END, namedStreamOf } from '../wire/messages.js';
import type { UuidForm } from '../wire/event-encoder.js';
import type { CheckpointPace } from './checkpoints.js';

type Options = streamsPb.ReadReq.Options;

interface Common {
  readonly resolveLinks: boolean;
  readonly uuidForm: UuidForm;
}

/** What a `ReadReq` asks for. `maxCount` is a number up to 2^53: no log has more events. */
export type ReadRequest = Common &
  (
    | {
        readonly kind: 'readStream';
        readonly stream: string;
        readonly direction: 'forwards' | 'backwards';
        readonly from: bigint | 'start' | 'end';
        readonly maxCount: number;
        /** From 1 on the client also wants to hear the stream's first and last revision. */
        readonly compatibility: number;
      }
    | {
        readonly kind: 'readAll';
        readonly direction: 'forwards' | 'backwards';
        readonly from: bigint | 'start' | 'end';
        readonly maxCount: number;
        readonly filter?: GroupFilter;
      }
    | { readonly kind: 'subscribeToStream'; readonly stream: string; readonly after: bigint | 'start' | 'end' }
    | {
        readonly kind: 'subscribeToAll';
        readonly after: bigint | 'start' | 'end';
        readonly filter?: GroupFilter;
        readonly pace?: CheckpointPace;
      }
  );

/** EventStoreDB looks at so many events at once where the client does not say. */
const SEARCH_WINDOW = 32;

/** @throws Failure */
export function parseReadRequest(request: streamsPb.ReadReq): ReadRequest {
  const options = request.getOptions();
  if (options === undefined) throw handlerThrew();
  const common: Common = {
    resolveLinks: options.getResolveLinks(),
    uuidForm: options.getUuidOption()?.hasString() === true ? 'string' : 'structured',
  };
  const direction = options.getReadDirection() === 0 ? 'forwards' : 'backwards';
  const subscribes = options.hasSubscription();
  if (!subscribes && !options.hasCount()) throw handlerThrew();
  if (subscribes && direction === 'backwards') throw invalidArgument('A subscription goes forwards.');
  if (options.hasStream()) {
    if (options.hasFilter()) throw invalidArgument('Only $all can be filtered.');
    const stream = namedStreamOf(options.getStream()?.getStreamIdentifier());
    const from = revisionOf(options);
    if (subscribes) return { ...common, kind: 'subscribeToStream', stream, after: from };
    const compatibility = options.getControlOption()?.getCompatibility() ?? 0;
    return { ...common, kind: 'readStream', stream, direction, from, maxCount: countOf(options), compatibility };
  }
  if (!options.hasAll()) throw handlerThrew();
  const from = positionOf(options);
  const filtered = options.hasFilter() ? { filter: filterOf(options.getFilter()!), pace: paceOf(options) } : {};
  if (!subscribes) return { ...common, kind: 'readAll', direction, from, maxCount: countOf(options), ...filtered };
  return { ...common, kind: 'subscribeToAll', after: from, ...filtered };
}

const countOf = (options: Options): number => Number(options.getCount());

function revisionOf(options: Options): bigint | 'start' | 'end' {
  const stream = options.getStream()!;
  if (stream.hasStart()) return 'start';
  if (stream.hasEnd()) return 'end';
  if (!stream.hasRevision()) throw handlerThrew();
  return stream.getRevision() === END ? 'end' : checkedRevision(stream.getRevision());
}

function positionOf(options: Options): bigint | 'start' | 'end' {
  const all = options.getAll()!;
  if (all.hasStart()) return 'start';
  if (all.hasEnd()) return 'end';
  const position = all.getPosition();
  if (position === undefined) throw handlerThrew();
  if (position.getCommitPosition() === END && position.getPreparePosition() === END) return 'end';
  const commit = BigInt(position.getCommitPosition());
  if (commit > DELETED_REVISION || BigInt(position.getPreparePosition()) > commit) throw handlerThrew();
  return commit;
}

interface Expression {
  getRegex(): string;
  getPrefixList(): string[];
}

/** Persistent subscriptions have messages of the same shape. */
export interface FilterMessage {
  getStreamIdentifier(): Expression | undefined;
  getEventType(): Expression | undefined;
}

export function filterOf(filter: FilterMessage): GroupFilter {
  const [on, expression] = [
    filter.getEventType() ? 'type' : 'stream',
    filter.getEventType() ?? filter.getStreamIdentifier(),
  ] as const;
  if (expression === undefined || !isExpression(expression.getRegex())) throw handlerThrew();
  return { on, regex: expression.getRegex(), prefixes: expression.getPrefixList() };
}

function paceOf(options: Options): CheckpointPace {
  const filter = options.getFilter()!;
  if (!filter.hasMax() && !filter.hasCount()) throw handlerThrew();
  const multiplier = filter.getCheckpointintervalmultiplier();
  if (options.hasSubscription() && multiplier === 0) throw handlerThrew();
  const window = filter.hasMax() ? filter.getMax() : SEARCH_WINDOW;
  return { window, interval: multiplier * window };
}
