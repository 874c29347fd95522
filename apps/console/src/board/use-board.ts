import { useCallback, useEffect, useRef, useState } from 'react';
import { read, type Problem } from '../http/requests.ts';
import type { BoardRow, Page } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
import { useSession } from '../frame/session.tsx';
import { askedOf, queryOf, type BoardFilters } from './filters.ts';
import { serverNowMs } from '../time/server-clock.ts';

const PAGE_SIZE = 50;

export interface Board {
  readonly rows: readonly BoardRow[];
  readonly hasMore: boolean;
  readonly problem: Problem | undefined;
  /** Nothing of this question has been answered yet. */
  readonly loading: boolean;
  readonly loadingMore: boolean;
  readonly more: () => void;
  readonly refresh: (atLeast?: string) => void;
}

/** Where the next page begins. What is broken comes before all that can still be kept, unless one of them is asked for. */
interface Step {
  readonly late?: boolean;
  readonly cursor?: string;
}

interface Answered {
  readonly asked: string;
  readonly rows: readonly BoardRow[];
  readonly next: Step | undefined;
  readonly problem?: Problem;
}

/** The cases that match, what is broken first, then what breaks next, page by page; a refresh reads as many pages as are shown. */
export function useBoard(filters: BoardFilters): Board {
  const { me } = useSession();
  const asked = queryOf(filters).toString();
  const [answered, setAnswered] = useState<Answered>();
  const [loadingMore, setLoadingMore] = useState(false);
  const running = useRef<AbortController>(undefined);
  const shown = useRef(0);
  const current = answered?.asked === asked ? answered : undefined;

  useEffect(() => {
    shown.current = current?.rows.length ?? 0;
  }, [current]);

  const run = useCallback(
    async (from: Pick<Answered, 'rows' | 'next'>, atLeastRows: number, atLeast?: string) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      let { rows, next } = from;
      try {
        while (next !== undefined && rows.length < atLeastRows) {
          const page: Page<BoardRow> = await read(pathOf(filters, next), {
            signal: controller.signal,
            ...(atLeast ? { atLeast } : {}),
          });
          rows = withoutTwins(rows, page.items);
          next = stepAfter(next, page.next ?? undefined);
        }
        setAnswered({ asked, rows, next });
      } catch (cause) {
        if (controller.signal.aborted) return;
        const problem = asProblem(cause);
        setAnswered((before) =>
          before?.asked === asked ? { ...before, problem } : { asked, rows: [], next: undefined, problem },
        );
      }
    },
    [asked, filters],
  );

  const refresh = useCallback(
    (atLeast?: string) => void run({ rows: [], next: firstStep(filters) }, Math.max(shown.current, PAGE_SIZE), atLeast),
    [run, filters],
  );

  // A test clock moves by leaps, and what is due soon with it.
  const standsAt = me.testClock ? me.now : '';
  useEffect(() => {
    shown.current = 0;
    refresh();
    return () => running.current?.abort();
  }, [refresh, standsAt]);

  const more = useCallback(() => {
    if (!current?.next || loadingMore) return;
    setLoadingMore(true);
    void run(current, current.rows.length + 1).finally(() => setLoadingMore(false));
  }, [current, loadingMore, run]);

  return {
    rows: current?.rows ?? [],
    hasMore: current?.next !== undefined,
    problem: current?.problem,
    loading: current === undefined,
    loadingMore,
    more,
    refresh,
  };
}

const firstStep = ({ due }: BoardFilters): Step => (due === '' ? { late: true } : {});

function stepAfter(step: Step, cursor: string | undefined): Step | undefined {
  if (cursor !== undefined) return { ...step, cursor };
  return step.late === true ? { late: false } : undefined;
}

function pathOf(filters: BoardFilters, { late, cursor }: Step): string {
  const query = askedOf(filters, serverNowMs());
  if (late !== undefined) query.set('overdue', String(late));
  query.set('limit', String(PAGE_SIZE));
  if (cursor) query.set('cursor', cursor);
  return `/cases?${query.toString()}`;
}

/** A case that moved down the order between two pages arrives twice; the later answer holds. */
function withoutTwins(rows: readonly BoardRow[], added: readonly BoardRow[]): readonly BoardRow[] {
  const ids = new Set(added.map(({ caseId }) => caseId));
  return [...rows.filter(({ caseId }) => !ids.has(caseId)), ...added];
}
