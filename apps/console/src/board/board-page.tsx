import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty, Grid } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { go, rememberBoard, type Place } from '../frame/place.ts';
import { ProblemNote } from '../frame/problem-note.tsx';
import { useLiveRefresh } from '../http/live.tsx';
import type { Counts } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './board.module.css';
import { CaseCards } from './case-cards.tsx';
import { CaseTable } from './case-table.tsx';
import { Counters } from './counters.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filtersOf, isFiltered, queryOf, type BoardFilters } from './filters.ts';
import { ReceiveCase } from './receive-case.tsx';
import { useBoard, type Board } from './use-board.ts';

/** Which cases break next, which are broken? It keeps itself up to date. */
export function BoardPage({ place }: { readonly place: Place }) {
  const { words } = useLanguage();
  const filters = useMemo(() => filtersOf(place.query), [place]);
  const board = useBoard(filters);
  const { data: counts, refresh: refreshCounts } = useRead<Counts>('/counts');
  const [isReceiving, setReceiving] = useState(false);

  useEffect(() => rememberBoard(place), [place]);
  useEffect(() => {
    document.title = counts?.overdue ? `(${counts.overdue}) ${words.name}` : words.name;
  }, [counts, words]);

  const refresh = (atLeast?: string) => {
    board.refresh(atLeast);
    refreshCounts(atLeast);
  };
  useLiveRefresh(refresh);
  useEveryMinute(refresh);

  const narrow = useCallback(
    (change: Partial<BoardFilters>, replace = false) => go('/', queryOf({ ...filters, ...change }), replace),
    [filters],
  );

  return (
    <>
      <div className={styles.head}>
        <h1 className={styles.title}>{words.board.title}</h1>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setReceiving(true)}>
          {words.board.newCase}
        </Button>
      </div>
      <Counters counts={counts} filters={filters} onFilter={narrow} />
      <FilterBar
        filters={filters}
        onFilter={narrow}
        units={Object.keys(counts?.byUnit ?? {}).filter((unit) => unit !== '')}
      />
      {board.problem && <ProblemNote problem={board.problem} onRetry={() => refresh()} />}
      <Cases board={board} filtered={isFiltered(filters)} />
      <ReceiveCase open={isReceiving} onClose={() => setReceiving(false)} />
    </>
  );
}

const MINUTE_MS = 60_000;

/** Time goes on without events, and what was far off is soon due. */
function useEveryMinute(refresh: () => void): void {
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  }, [refresh]);
  useEffect(() => {
    const timer = setInterval(() => latest.current(), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
}

function Cases({ board, filtered }: { readonly board: Board; readonly filtered: boolean }) {
  const { words } = useLanguage();
  const { md } = Grid.useBreakpoint();
  const empty = board.problem ? null : (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={filtered ? words.board.empty : words.board.emptyAll}
      className={styles.empty}
    />
  );
  const Shown = md === false ? CaseCards : CaseTable;
  return (
    <>
      <Shown rows={board.rows} loading={board.loading} empty={empty} />
      {board.rows.length > 0 && <More board={board} />}
    </>
  );
}

/** Goes on by itself when it comes into sight; the button is there for the keyboard. */
function More({ board }: { readonly board: Board }) {
  const { words } = useLanguage();
  const end = useRef<HTMLDivElement>(null);
  const { more, hasMore, loadingMore, rows } = board;
  useEffect(() => {
    if (!hasMore || !end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), { rootMargin: '300px' });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasMore, more]);
  return (
    <div ref={end} className={styles.more}>
      <span>
        {words.board.shown(rows.length)}
        {hasMore ? '' : ` · ${words.board.end}`}
      </span>
      {hasMore && (
        <Button size="small" onClick={more} loading={loadingMore}>
          {words.board.more}
        </Button>
      )}
    </div>
  );
}
