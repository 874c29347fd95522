import { Table, type TableColumnsType } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { PhaseMark, SeverityMark } from '../fields/marks.tsx';
import { caseAddress } from '../frame/place.ts';
import { useNames } from '../frame/session.tsx';
import type { BoardRow } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { Ago } from '../time/instants.tsx';
import styles from './board.module.css';
import { CaseGist, NextDue } from './case-gist.tsx';

interface CaseTableProps {
  readonly rows: readonly BoardRow[];
  readonly loading: boolean;
  readonly empty: ReactNode;
}

/** The cases as a table, what breaks next first. Time moves inside the cells; the table itself stands still. */
export function CaseTable({ rows, loading, empty }: CaseTableProps) {
  const columns = useColumns();
  return (
    <Table<BoardRow>
      className={styles.table}
      size="small"
      rowKey="caseId"
      columns={columns}
      dataSource={rows}
      loading={loading && { delay: 200 }}
      locale={{ emptyText: loading ? ' ' : empty }}
      pagination={false}
      sticky={{ offsetHeader: 48 }}
      tableLayout="fixed"
      rowClassName={(row) => (row.overdue ? (styles.overdueRow ?? '') : '')}
      onRow={(row) => ({ onClick: (event) => openUnlessSelecting(event.target, row.caseId) })}
    />
  );
}

/** The whole row is a target for the mouse; the keyboard has the link in it. Marking text must not leave the page. */
function openUnlessSelecting(target: EventTarget, caseId: string): void {
  if (target instanceof Element && target.closest('a')) return;
  if (window.getSelection()?.toString()) return;
  window.location.hash = caseAddress(caseId);
}

function useColumns(): TableColumnsType<BoardRow> {
  const { words } = useLanguage();
  const names = useNames();
  return useMemo(
    () => [
      { title: words.board.columns.due, key: 'due', width: 168, render: (_, row) => <NextDue row={row} /> },
      {
        title: words.board.columns.severity,
        key: 'severity',
        width: 104,
        render: (_, row) => <SeverityMark severity={row.severity} />,
      },
      { title: words.board.columns.case, key: 'case', render: (_, row) => <CaseGist row={row} /> },
      {
        title: words.board.columns.phase,
        key: 'phase',
        width: 118,
        render: (_, row) => <PhaseMark phase={row.phase} />,
      },
      {
        title: words.board.columns.who,
        key: 'who',
        width: 168,
        render: (_, row) => (
          <Stacked
            first={row.unit ?? <span className={styles.quiet}>{words.board.nobody}</span>}
            second={row.owner ? names.person(row.owner) : undefined}
          />
        ),
      },
      {
        title: words.board.columns.category,
        key: 'category',
        width: 160,
        responsive: ['lg'],
        render: (_, row) => (
          <Stacked
            first={row.category ? names.category(row.category) : words.kind[row.kind]}
            second={words.channel[row.channel]}
          />
        ),
      },
      {
        title: words.board.columns.updated,
        key: 'updated',
        width: 124,
        responsive: ['xl'],
        render: (_, row) => <Ago instant={row.updatedAt} />,
      },
    ],
    [words, names],
  );
}

function Stacked({ first, second }: { readonly first: ReactNode; readonly second: ReactNode }) {
  return (
    <>
      <div className={styles.stacked}>{first}</div>
      {second !== undefined && <div className={`${styles.stacked} ${styles.quiet}`}>{second}</div>}
    </>
  );
}
