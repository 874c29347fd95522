import type { Aggregate } from '#execution';
import { accept, laterOf, plusMs, refuse, type Decide, type DomainEvent, type Instant, type Recorded } from '#kernel';

/** How long before it takes effect the version that follows is announced, as the pack writes it and in ms. */
export type Notice = { readonly period: string; readonly durationMs: number; readonly source: string };

/** What is on record about one pack, in the stream `policy-<pack>`. It is announced when it is recorded. Nothing is personal. */
export type PolicyEvent = DomainEvent<
  'PolicyPublished',
  {
    readonly pack: string;
    readonly version: string;
    /** The pack as it was written, comments included: what rules is read from here. */
    readonly text: string;
    readonly sha256: string;
    readonly effectiveFrom: Instant;
    readonly notice?: Notice;
  }
>;
export type RecordedPolicyEvent = Recorded<PolicyEvent>;

/** A version, without its text. */
export interface AnnouncedVersion {
  readonly version: string;
  readonly sha256: string;
  readonly announcedAt: Instant;
  readonly effectiveFrom: Instant;
  readonly notice?: Notice;
}

export interface PackHistory {
  /** In the order in which they were announced, which is that in which they take effect. */
  readonly versions: readonly AnnouncedVersion[];
}

export const policyAggregate: Aggregate<PackHistory, PolicyEvent, null> = {
  category: 'policy',
  initial: { versions: [] },
  upcasts: {},
  evolve: (state, { type, data, meta }) => {
    // The fold is total: what a later engine writes is passed over.
    if (type !== 'PolicyPublished') return state;
    const { version, sha256, effectiveFrom, notice } = data;
    const announced = { version, sha256, announcedAt: meta.recordedAt, effectiveFrom };
    return { versions: [...state.versions, notice === undefined ? announced : { ...announced, notice }] };
  },
  settle: () => [],
  follow: () => [],
};

/** The version in force at an instant. The first one rules from the beginning: there was nothing before it. */
export const inForceAt = <V extends Pick<AnnouncedVersion, 'effectiveFrom'>>(
  versions: readonly V[],
  at: Instant,
): V | undefined => versions.findLast(({ effectiveFrom }) => effectiveFrom <= at) ?? versions[0];

export interface PublishPolicy {
  readonly pack: string;
  readonly version: string;
  readonly text: string;
  readonly sha256: string;
  readonly notice?: Notice;
  /** The earliest that is allowed where left out. */
  readonly effectiveFrom?: Instant;
}

/**
 * a version is announced before it takes effect, as long before as the version in force demands. The first version of
 * a pack takes effect at once. The same version with the same text is recognised. Result: `pack`, `version`,
 * `effectiveFrom`, `known`. Refusals: VERSION_PUBLISHED, EFFECTIVE_AT_ONCE, NOTICE_TOO_SHORT, EARLIER_THAN_ANNOUNCED.
 */
export const publishPolicy: Decide<PublishPolicy, PackHistory, PolicyEvent, null> = (command, { versions }, { at }) => {
  const { pack, version, text, sha256, notice, effectiveFrom: asked } = command;
  const known = versions.find((it) => it.version === version);
  if (known?.sha256 === sha256) {
    return accept([], { pack, version, effectiveFrom: known.effectiveFrom, known: true });
  }
  if (known !== undefined) {
    return refuse('VERSION_PUBLISHED', { pack, version, announcedAt: known.announcedAt, sha256: known.sha256 });
  }
  const ruling = inForceAt(versions, at);
  const { period = '0d', durationMs = 0 } = ruling?.notice ?? {};
  const earliest = plusMs(at, durationMs);
  if (asked !== undefined && ruling === undefined && asked > at) {
    return refuse('EFFECTIVE_AT_ONCE', { pack, version, asked });
  }
  if (asked !== undefined && ruling !== undefined && asked < earliest) {
    return refuse('NOTICE_TOO_SHORT', { pack, version, asked, earliest, notice: period, demandedBy: ruling.version });
  }
  const last = versions.at(-1);
  if (asked !== undefined && last !== undefined && asked < last.effectiveFrom) {
    const { version: announced, effectiveFrom } = last;
    return refuse('EARLIER_THAN_ANNOUNCED', { pack, version, asked, announced, effectiveFrom });
  }
  const effectiveFrom = ruling === undefined ? at : (asked ?? laterOf(earliest, last?.effectiveFrom ?? earliest));
  const data = { pack, version, text, sha256, effectiveFrom, ...(notice === undefined ? {} : { notice }) };
  return accept<PolicyEvent>([{ type: 'PolicyPublished', data }], { pack, version, effectiveFrom, known: false });
};
