import type { RecomputeProgress } from '#automations';
import type { Instant, JsonObject } from '#kernel';
import { inForceAt, type Publication, type PublishedVersion, type Rulebook } from '#rulebook';

export interface ShownCalendar {
  readonly calendar: string;
  readonly country: string;
  readonly source: string;
  /** The years it brought, and those known with it. */
  readonly brought: readonly string[];
  readonly years: readonly number[];
  readonly corrects: readonly string[];
  readonly recordedAt: Instant;
  /** Since when it counts; undefined where everything in the log was counted by it. */
  readonly since?: Instant;
  /** How far provisional deadlines have been counted again by it. */
  readonly recomputing?: Omit<RecomputeProgress, 'country' | 'calendar'>;
}

export const shownCalendar = (
  { snapshot, since, recordedAt, brought, corrects, source }: Publication,
  progress: readonly RecomputeProgress[],
): ShownCalendar => {
  const { id: calendar, country, published } = snapshot;
  const found = progress.find((it) => it.calendar === calendar && it.country === country);
  const { country: _country, calendar: _calendar, ...recomputing } = found ?? ({} as RecomputeProgress);
  return {
    calendar,
    country,
    source,
    brought,
    years: published,
    corrects,
    recordedAt,
    ...(since === '' ? {} : { since }),
    ...(found === undefined ? {} : { recomputing }),
  };
};

export interface ShownVersion {
  readonly version: string;
  readonly announcedAt: Instant;
  readonly effectiveFrom: Instant;
  readonly state: 'announced' | 'in_force' | 'replaced';
  readonly sha256: string;
}

export interface ShownPack {
  readonly pack: string;
  readonly name: JsonObject;
  /** Whether it rules cases that name no pack. */
  readonly byDefault: boolean;
  readonly notice?: string;
  readonly versions: readonly ShownVersion[];
}

export const shownPacks = ({ register, pack: byDefault }: Rulebook, now: Instant): ShownPack[] =>
  [...register.versions()].map(([pack, versions]) => {
    const ruling = inForceAt(versions, now)!;
    return {
      pack,
      name: ruling.policy.name,
      byDefault: pack === byDefault,
      ...(ruling.notice === undefined ? {} : { notice: ruling.notice.period }),
      versions: versions.map((version) => shownVersion(version, versions, now)),
    };
  });

export function shownVersion(
  { version, announcedAt, effectiveFrom, sha256 }: PublishedVersion,
  all: readonly PublishedVersion[],
  now: Instant,
): ShownVersion {
  const ruling = inForceAt(all, now);
  const isAnnounced = effectiveFrom > now && version !== ruling?.version;
  const state = version === ruling?.version ? 'in_force' : isAnnounced ? 'announced' : 'replaced';
  return { version, announcedAt, effectiveFrom, state, sha256 };
}
