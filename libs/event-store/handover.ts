/** What one side has and another takes, one by one, when it comes to it. */
export class Handover<T> {
  private readonly items: T[] = [];
  private wake: () => void = () => undefined;
  private over: { readonly reason?: unknown } | undefined;

  get length(): number {
    return this.items.length;
  }

  give(item: T): void {
    if (this.over !== undefined) return;
    this.items.push(item);
    this.wake();
  }

  /** Nothing comes any more, and what was not taken is not taken either. */
  end(over: { readonly reason?: unknown } = {}): void {
    if (this.over !== undefined) return;
    this.over = over;
    this.items.length = 0;
    this.wake();
  }

  /** @returns undefined at the end; throws the reason where there is one */
  async take(): Promise<T | undefined> {
    while (this.items.length === 0) {
      if (this.over !== undefined) {
        if (this.over.reason !== undefined) throw this.over.reason;
        return undefined;
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this.items.shift();
  }
}
