import { useCallback, useEffect, useRef, useState } from 'react';
import { read, type Problem } from '../http/requests.ts';
import type { BoardRow, Page } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
import { askedOf, type BoardFilters } from './filters.ts';
import { serverNowMs } from '../time/server-clock.ts';
import { urgencyOf } from '../time/spans.ts';

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

interface Answered {
  readonly asked: string;
  readonly rows: readonly BoardRow[];
  readonly next: string | undefined;
  readonly problem?: Problem;
}

/** The cases that match, what breaks next first, page by page; a refresh reads as many pages as are shown. */
export function useBoard(filters: BoardFilters): Board {
  const asked = askedOf(filters).toString();
  const isDueSoon = filters.due === 'soon';
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
        do {
          const page: Page<BoardRow> = await read(pathOf(asked, next), {
            signal: controller.signal,
            ...(atLeast ? { atLeast } : {}),
          });
          const wanted = isDueSoon ? page.items.filter(dueSoon) : page.items;
          rows = withoutTwins(rows, wanted);
          next = wanted.length === page.items.length ? (page.next ?? undefined) : undefined;
        } while (next !== undefined && rows.length < atLeastRows);
        setAnswered({ asked, rows, next });
      } catch (cause) {
        if (controller.signal.aborted) return;
        const problem = asProblem(cause);
        setAnswered((before) =>
          before?.asked === asked ? { ...before, problem } : { asked, rows: [], next: undefined, problem },
        );
      }
    },
    [asked, isDueSoon],
  );

  const refresh = useCallback(
    (atLeast?: string) => void run({ rows: [], next: undefined }, shown.current, atLeast),
    [run],
  );

  useEffect(() => {
    shown.current = 0;
    refresh();
    return () => running.current?.abort();
  }, [refresh]);

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

/** Rows come by what breaks next, so the first that is not due soon ends them. */
const dueSoon = ({ nextDue }: BoardRow): boolean =>
  nextDue !== null && urgencyOf(Date.parse(nextDue.dueAt) - serverNowMs()) === 'soon';

function pathOf(asked: string, cursor: string | undefined): string {
  const query = new URLSearchParams(asked);
  query.set('limit', String(PAGE_SIZE));
  if (cursor) query.set('cursor', cursor);
  return `/cases?${query.toString()}`;
}

/** A case that moved down the order between two pages arrives twice; the later answer holds. */
function withoutTwins(rows: readonly BoardRow[], added: readonly BoardRow[]): readonly BoardRow[] {
  const ids = new Set(added.map(({ caseId }) => caseId));
  return [...rows.filter(({ caseId }) => !ids.has(caseId)), ...added];
}
