export interface Measured {
  /** Since the last measurement. */
  readonly items: number;
  readonly perSecond: number;
}

/** Counts what goes by. Whoever measures ends a period, as in EventStoreDB. */
export class Throughput {
  total = 0;
  private measuredTotal = 0;

  constructor(private measuredMs: number) {}

  measure(nowMs: number): Measured {
    const items = this.total - this.measuredTotal;
    const periodMs = nowMs - this.measuredMs;
    this.measuredTotal = this.total;
    this.measuredMs = nowMs;
    return { items, perSecond: periodMs > 0 ? Math.floor((items * 1000) / periodMs) : 0 };
  }
}

/** So many of the last are remembered. */
const WINDOW = 1_000;
const QUINTILES = [0, 20, 40, 60, 80];
const PERCENTILES = [90, 95, 99, 99.5, 99.9];

/** How long consumers take: a group's extra statistics, under EventStoreDB's names. */
export class Timings {
  private readonly startedMs = new Map<string, number>();
  private readonly tookMs: number[] = [];

  start(id: string, nowMs: number): void {
    this.startedMs.set(id, nowMs);
  }

  end(id: string, nowMs: number): void {
    const startMs = this.startedMs.get(id);
    if (startMs === undefined) return;
    this.startedMs.delete(id);
    if (this.tookMs.length >= WINDOW) this.tookMs.shift();
    this.tookMs.push(nowMs - startMs);
  }

  /** Whole milliseconds; nothing where nothing was measured. */
  details(): readonly (readonly [string, number])[] {
    const sorted = [...this.tookMs].sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (percent: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor((percent * sorted.length) / 100))]!;
    const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
    const named: [string, number][] = [
      ['Mean', mean],
      ['Median', sorted[Math.floor(sorted.length / 2)]!],
      ['Fastest', sorted[0]!],
      ...QUINTILES.map((percent, i): [string, number] => [`Quintile ${i + 1}`, at(percent)]),
      ...PERCENTILES.map((percent): [string, number] => [`${percent}%`, at(percent)]),
      ['Highest', sorted.at(-1)!],
    ];
    return named.map(([name, ms]) => [name, Math.floor(ms)]);
  }
}
