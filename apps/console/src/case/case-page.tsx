import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { CommandPanel, type CommandChosen } from '../command/command-panel.tsx';
import { CustomerLink } from '../customers/customer-link.tsx';
import { readable } from '../fields/personal-value.tsx';
import { boardAddress } from '../frame/place.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { ProblemNote } from '../frame/problem-note.tsx';
import { UnderPack, useSession } from '../frame/session.tsx';
import { useLiveRefresh } from '../http/live.tsx';
import type { CaseExplained, CaseShown, Page, TimelineEntry } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import { AsOfBanner, AsOfPicker } from './as-of.tsx';
import { AsSaid } from './as-said.tsx';
import { CaseFacts } from './case-facts.tsx';
import { CaseHeader } from './case-header.tsx';
import styles from './case.module.css';
import { ClockStrip } from './clock-strip.tsx';
import { Duties } from './duties.tsx';
import { Escalations } from './escalations.tsx';
import { Forms } from '../form/forms.tsx';
import { momentOf, momentQuery } from './moment.ts';
import { Panel } from './panel.tsx';
import { Parties } from './parties.tsx';
import { OpenThings } from './open-things.tsx';
import { SeverityPanel } from './severity-panel.tsx';
import { Timeline } from './timeline.tsx';

interface CasePageProps {
  readonly caseId: string;
  readonly query: URLSearchParams;
}

/** One case: how it stands, what was said, what may be done, and its whole story. */
export function CasePage({ caseId, query }: CasePageProps) {
  const { words } = useLanguage();
  const moment = useMemo(() => momentOf(query), [query]);
  const suffix = momentQuery(moment);
  const shown = useRead<CaseShown>(`/cases/${caseId}${suffix}`);
  const timeline = useRead<Page<TimelineEntry>>(`/cases/${caseId}/timeline${suffix}`);
  const explained = useRead<CaseExplained>(`/cases/${caseId}/explanation${suffix}`);
  const { refresh: refreshCase } = shown;
  const { refresh: refreshTimeline } = timeline;
  const { refresh: refreshExplained } = explained;

  const refresh = useCallback(
    (atLeast?: string) => {
      refreshCase(atLeast);
      refreshTimeline(atLeast);
      refreshExplained(atLeast);
    },
    [refreshCase, refreshTimeline, refreshExplained],
  );
  useLiveRefresh((atLeast) => {
    if (!moment) refresh(atLeast);
  }, caseId);

  const title = shown.data && [shown.data.ref, readable(shown.data.subject)].filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = title ?? words.name;
  }, [title, words]);

  return (
    <>
      <nav className={styles.back}>
        <a href={boardAddress()}>‹ {words.case.back}</a>
      </nav>
      {moment && <AsOfBanner caseId={caseId} moment={moment} />}
      {shown.problem && <ProblemNote problem={shown.problem} onRetry={() => refresh()} page={!shown.data} />}
      {shown.loading && <PageLoading />}
      {shown.data && (
        <UnderPack policy={shown.data.rules}>
          <Shown
            of={shown.data}
            explained={explained.data}
            entries={timeline.data?.items ?? NO_ENTRIES}
            isPast={moment !== undefined}
            onWritten={refresh}
          >
            {explained.problem && <ProblemNote problem={explained.problem} onRetry={() => refresh()} />}
            <Timeline timeline={timeline} of={shown.data} onRetry={() => refresh()} />
          </Shown>
        </UnderPack>
      )}
    </>
  );
}

const NO_ENTRIES: readonly TimelineEntry[] = [];
/** While a case is worked on what was missed is still to be done. */
const WORKED_ON: readonly string[] = ['received', 'handling', 'waiting'];

interface ShownProps {
  readonly of: CaseShown;
  readonly explained: CaseExplained | undefined;
  readonly entries: readonly TimelineEntry[];
  readonly isPast: boolean;
  readonly onWritten: (atLeast?: string) => void;
  readonly children: ReactNode;
}

function Shown({ of, explained, entries, isPast, onWritten, children }: ShownProps) {
  const { words } = useLanguage();
  const { me } = useSession();
  const [chosen, setChosen] = useState<CommandChosen>();
  return (
    <div className={isPast ? styles.past : undefined}>
      <CaseHeader of={of} />
      <ClockStrip explained={explained} isPast={isPast} isWorkedOn={WORKED_ON.includes(of.phase)} />
      <div className={styles.columns}>
        <div className={styles.saidArea}>
          <AsSaid content={of.content} />
        </div>
        <div className={styles.story}>{children}</div>
        <aside className={styles.side}>
          <Duties of={of} isPast={isPast} onChoose={setChosen} />
          <Panel title={words.case.commands}>
            <CommandPanel of={of} disabled={isPast} {...{ chosen, onWritten }} onChoose={setChosen} />
          </Panel>
          <SeverityPanel of={of} timeline={entries} />
          <Forms of={of} isPast={isPast} onWritten={onWritten} />
          <Parties parties={of.parties} />
          <CustomerLink of={of} />
          <CaseFacts of={of} />
          <Escalations escalations={of.escalations ?? []} timeline={entries} clocks={explained?.items ?? []} />
          <OpenThings of={of} />
          {me.permissions.includes('replay') && <AsOfPicker caseId={of.caseId} />}
        </aside>
      </div>
    </div>
  );
}
