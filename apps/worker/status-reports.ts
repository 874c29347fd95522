const LEAST_INTERVAL_MS = 200;

/** Reports after work was done, but not after every batch; without work there is no timer and no report. */
export class StatusReports {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly report: () => Promise<void>) {}

  due(): void {
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.stopped) void this.report();
    }, LEAST_INTERVAL_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
