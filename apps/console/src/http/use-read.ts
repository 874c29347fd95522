import { useCallback, useEffect, useRef, useState } from 'react';
import { read, Problem } from './requests.ts';

export interface ReadState<T> {
  /** The last good answer; stays while a newer one is on its way or failed. */
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly refresh: (atLeast?: string) => void;
}

interface Outcome<T> {
  readonly path: string | undefined;
  readonly data?: T;
  readonly problem?: Problem;
}

/** Reads a path, again when the path changes or `refresh` is called. Nothing is read while the path is undefined. */
export function useRead<T>(path: string | undefined): ReadState<T> {
  const [outcome, setOutcome] = useState<Outcome<T>>({ path: undefined });
  const running = useRef<AbortController>(undefined);

  const refresh = useCallback(
    (atLeast?: string) => {
      if (path === undefined) return;
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      read<T>(path, { signal: controller.signal, ...(atLeast ? { atLeast } : {}) }).then(
        (data) => setOutcome({ path, data }),
        (cause: unknown) => {
          if (controller.signal.aborted) return;
          const problem = asProblem(cause);
          setOutcome((before) => (before.path === path ? { ...before, problem } : { path, problem }));
        },
      );
    },
    [path],
  );

  useEffect(() => {
    refresh();
    return () => running.current?.abort();
  }, [refresh]);

  const current = outcome.path === path ? outcome : undefined;
  return {
    data: current?.data,
    problem: current?.problem,
    loading: path !== undefined && current === undefined,
    refresh,
  };
}

export const asProblem = (cause: unknown): Problem =>
  cause instanceof Problem ? cause : new Problem(0, 'UNEXPECTED', cause instanceof Error ? cause.message : '');
