import { WakingLoop } from '#jobs';
import { epochMs, instant, type Clock, type Instant } from '#kernel';
import { matchesAmong, type CountedCase, type Match, type PreparedRepeat, type RepeatRules } from '#policy';

/** Where cases may match otherwise since a position of the log. */
export interface ChangedKey {
  readonly seq: number;
  readonly sameness: string;
  readonly hash: string;
  readonly at: Instant;
  readonly caseId: string;
}

/** What is on record of a case, and what the matching must heed. */
export interface CaseOnRecord {
  readonly caseId: string;
  readonly pack: string;
  readonly version: string;
  readonly counts: boolean;
  readonly historical: boolean;
  readonly erased: boolean;
  readonly recorded: { readonly [rule: string]: Match };
  readonly dismissed: readonly (readonly [rule: string, otherCaseId: string])[];
}

/** What is to be on record of a case by one rule. `historical`: all of it happened before the take-over. */
export interface Finding extends Match {
  readonly caseId: string;
  readonly rule: string;
  readonly historical: boolean;
}

export interface MatchRepeatsPorts {
  readonly clock: Clock;
  /** As they are known now: packs may be published meanwhile. */
  readonly rules: RepeatRules;
  /** Whether the view may be believed: it has seen all that was in the log when this process began, and is keyed by these rules. */
  readonly ready: () => boolean;
  /** What changed behind a position, the oldest first: about so many, but all of the last position. */
  readonly changedKeys: (after: number, limit: number) => Promise<readonly ChangedKey[]>;
  readonly casesOfKey: (
    key: { readonly sameness: string; readonly hash: string },
    span: { readonly from: Instant; readonly to: Instant },
  ) => Promise<readonly CountedCase[]>;
  /** Those of the cases that count under any key of the sameness. */
  readonly keyed: (sameness: string, caseIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly casesOnRecord: (caseIds: readonly string[]) => Promise<ReadonlyMap<string, CaseOnRecord>>;
  /** Sends MatchRepeats. @throws where it could not be decided now */
  readonly send: (finding: Finding) => Promise<void>;
  /** Resolves when the view has seen all that was sent. @throws where it does not come */
  readonly seen: () => Promise<void>;
  readonly checkpoint: { read(): number | Promise<number>; write(position: number): void | Promise<void> };
  /** How many keys are worked on at once; what is found is the same. */
  readonly partitions?: number;
  readonly onFailure?: (error: unknown) => void;
}

const BATCH = 500;
const EVER = { from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' } as const;

/**
 * When a case changes what it is about, then its repeats are matched. Follows the view by a checkpoint of its own
 * and compares what is to be on record with what is: whatever was sent before a crash is not on record twice, and what the
 * view did not know yet is looked at again when it does.
 */
export class KeepRepeats {
  /** Something that the view may not have seen. */
  private sent = false;
  private readonly loop: WakingLoop;

  constructor(private readonly ports: MatchRepeatsPorts) {
    const { clock, onFailure } = ports;
    this.loop = new WakingLoop({ clock, onFailure, work: () => this.work() });
  }

  /** The position up to which all is matched, -1 before the first. */
  async position(): Promise<number> {
    return this.ports.checkpoint.read();
  }

  /** Whether it waits for the view, which is behind the start of this process or is being made by other rules. */
  get isWaiting(): boolean {
    return !this.ports.ready();
  }

  /** Looks for what changed. Call it at the start and when the views advanced. */
  arm(): void {
    this.loop.arm();
  }

  /** Goes on after a stop. */
  start(): void {
    this.loop.start();
  }

  /** Resolves when nothing is left to be matched now. */
  idle(): Promise<void> {
    return this.loop.idle();
  }

  /** Ends after the batch in hand. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Batch after batch; what comes later arms it again. */
  private async work(): Promise<undefined> {
    while (!this.loop.isStopped && this.ports.ready() && (await this.batch()));
  }

  /** @returns whether there was anything */
  private async batch(): Promise<boolean> {
    const { changedKeys, checkpoint, seen, partitions = 1 } = this.ports;
    const changes = await changedKeys(await checkpoint.read(), BATCH);
    // Rules may have come while it was read, by which these cases are keyed only in the view that is being made.
    if (changes.length === 0 || !this.ports.ready()) return false;
    const keys = [...groupedByKey(changes).values()];
    const lanes = Array.from({ length: partitions }, (_, lane) => keys.filter((_, at) => at % partitions === lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const key of lane) await this.matchKey(key);
      }),
    );
    // The next batch compares with what is on record: it must not be blind to what was sent just now.
    if (this.sent) await seen();
    this.sent = false;
    await checkpoint.write(changes.at(-1)!.seq);
    return true;
  }

  private async matchKey(changes: readonly ChangedKey[]): Promise<void> {
    const { sameness, hash } = changes[0]!;
    const reachMs = this.ports.rules.reachOf(sameness);
    for (const { touched, read } of spansOf(changes, reachMs)) {
      const counted = await this.ports.casesOfKey({ sameness, hash }, read);
      const near = counted.filter(({ at }) => at >= touched.from && at <= touched.to).map(({ caseId }) => caseId);
      // What one that counts no more is on record for is taken back; one that went to another key is looked at there.
      const here = new Set(counted.map(({ caseId }) => caseId));
      const left = [...new Set(changes.map(({ caseId }) => caseId))].filter((caseId) => !here.has(caseId));
      const keyed = left.length === 0 ? here : await this.ports.keyed(sameness, left);
      const gone = left.filter((caseId) => !keyed.has(caseId));
      for (const finding of await this.findings(sameness, counted, [...near, ...gone])) {
        await this.ports.send(finding);
        this.sent = true;
      }
    }
  }

  /** What is to be on record and is not. */
  private async findings(
    sameness: string,
    counted: readonly CountedCase[],
    looked: readonly string[],
  ): Promise<readonly Finding[]> {
    const { rules, casesOnRecord } = this.ports;
    const onRecord = await casesOnRecord(looked);
    const matched = new Map<PreparedRepeat, ReadonlyMap<string, Match>>();
    const wanted: { it: CaseOnRecord; rule: string; match: Match }[] = [];
    for (const it of onRecord.values()) {
      // Another process opened it under rules of which this one hears in a moment: passed over it would stay unmatched.
      if (!rules.knows(it.pack, it.version))
        throw new Error(`the rules ${it.pack}@${it.version} are not known here yet`);
      for (const prepared of rules.rulesOf(it.pack, it.version, sameness)) {
        const matches = matched.get(prepared) ?? matchesAmong(prepared, counted);
        matched.set(prepared, matches);
        wanted.push({ it, rule: prepared.rule.id, match: matches.get(it.caseId) ?? NONE });
      }
    }
    const others = wanted.flatMap(({ it, rule, match }) => [...match.cases, ...(it.recorded[rule]?.cases ?? [])]);
    const known = new Map([
      ...onRecord,
      ...(await casesOnRecord([...new Set(others)].filter((id) => !onRecord.has(id)))),
    ]);
    return wanted.flatMap(({ it, rule, match }) => findingOf(it, rule, match, known) ?? []);
  }
}

const NONE: Match = { cases: [], complainants: 0 };

/** Undefined where it is on record already. */
function findingOf(
  it: CaseOnRecord,
  rule: string,
  match: Match,
  known: ReadonlyMap<string, CaseOnRecord>,
): Finding | undefined {
  const recorded = it.recorded[rule] ?? NONE;
  // What an erasure took from the matching is no reason to take back what was found (EVENTS.md 10).
  const erased = (caseId: string): boolean => known.get(caseId)?.erased === true && known.get(caseId)!.counts;
  if (it.counts && (it.erased || recorded.cases.some(erased)) && match.cases.length < recorded.cases.length) {
    return undefined;
  }
  const isDismissed = (a: CaseOnRecord | undefined, b: string): boolean =>
    a?.dismissed.some(([its, other]) => its === rule && other === b) === true;
  const cases = match.cases.filter((other) => !isDismissed(it, other) && !isDismissed(known.get(other), it.caseId));
  const complainants = cases.length === 0 ? 0 : match.complainants;
  const same =
    recorded.cases.length === cases.length &&
    cases.every((caseId, at) => caseId === recorded.cases[at]) &&
    (cases.length === 0 || recorded.complainants === complainants);
  if (same) return undefined;
  const all = [...cases, ...recorded.cases].map((caseId) => known.get(caseId));
  const historical = it.historical && all.every((other) => other?.historical === true);
  return { caseId: it.caseId, rule, cases, complainants, historical };
}

function groupedByKey(changes: readonly ChangedKey[]): Map<string, ChangedKey[]> {
  const groups = new Map<string, ChangedKey[]>();
  for (const change of changes) {
    const key = `${change.sameness} ${change.hash}`;
    const known = groups.get(key);
    if (known) known.push(change);
    else groups.set(key, [change]);
  }
  return groups;
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * A change reaches those that lie within a window of it; what they are repeats of lies within a window of them. Changes so
 * near that they reach the same cases are looked at together.
 */
function spansOf(
  changes: readonly ChangedKey[],
  reachMs: number | undefined,
): readonly { readonly touched: Span; readonly read: Span }[] {
  if (reachMs === undefined) return [{ touched: EVER, read: EVER }];
  const instants = [...new Set(changes.map(({ at }) => epochMs(at)))].sort((a, b) => a - b);
  const clusters: [first: number, last: number][] = [];
  for (const at of instants) {
    const last = clusters.at(-1);
    if (last !== undefined && at - last[1] <= 2 * reachMs) last[1] = at;
    else clusters.push([at, at]);
  }
  const span = (from: number, to: number): Span => ({ from: earliest(from), to: latest(to) });
  return clusters.map(([first, last]) => ({
    touched: span(first - reachMs, last + reachMs),
    read: span(first - 2 * reachMs, last + 2 * reachMs),
  }));
}

const earliest = (ms: number): Instant => (ms < epochMs(EVER.from) ? EVER.from : instant(ms));
const latest = (ms: number): Instant => (ms > epochMs(EVER.to) ? EVER.to : instant(ms));
