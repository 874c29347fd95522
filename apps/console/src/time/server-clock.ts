import { useSyncExternalStore } from 'react';
import type { Instant } from '../http/shapes.ts';

let offsetMs = 0;
let standsAtMs: number | undefined;

/**
 * Takes over the server's time: a viewer's wrong clock must not call a case late.
 * @param stands a test clock, which does not move by itself (EVENTS.md 20)
 */
export function setServerNow(now: Instant, stands: boolean): void {
  offsetMs = Date.parse(now) - Date.now();
  standsAtMs = stands ? Date.parse(now) : undefined;
}

/** Milliseconds since 1970 by the server's clock. */
export const serverNowMs = (): number => standsAtMs ?? Date.now() + offsetMs;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * A value that depends on what time it is, read every second. Only the component that uses it is drawn again, and only
 * when the value differs, so the value must be a primitive.
 */
export function useBySecond<T extends string | number | boolean>(readValue: () => T): T {
  return useSyncExternalStore(subscribe, readValue);
}
