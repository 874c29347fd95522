import { useEffect } from 'react';
import styles from '../case/case.module.css';
import { Panel } from '../case/panel.tsx';
import { Fields } from '../fields/field-value.tsx';
import { Flag } from '../fields/marks.tsx';
import { UnreadableMark, unreadableOf } from '../fields/personal-value.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import { customersAddress } from '../frame/place.ts';
import { ProblemNote } from '../frame/problem-note.tsx';
import { useLiveRefresh } from '../http/live.tsx';
import type { Label, Personal } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import { CustomerCases } from './customer-cases.tsx';
import { CustomerFacts } from './customer-facts.tsx';
import { CustomerVisits } from './customer-visits.tsx';
import { FileAction, FileCommandPanel, FileCommandsProvider } from './file-commands.tsx';
import own from './customers.module.css';
import type { CustomerShown } from './shapes.ts';

/** One customer: who it is, what they reached, which visits are due, and what they complained about (C-1). */
export function CustomerPage({ customerId }: { readonly customerId: string }) {
  const { words } = useLanguage();
  const shown = useRead<CustomerShown>(`/customers/${customerId}`);
  const { data, problem, loading, refresh } = shown;
  useLiveRefresh(refresh);
  useEffect(() => {
    document.title = words.customer.title;
  }, [words]);
  return (
    <>
      <nav className={styles.back}>
        <a href={customersAddress()}>‹ {words.customer.back}</a>
      </nav>
      {problem && <ProblemNote problem={problem} onRetry={() => refresh()} page={!data} />}
      {loading && <PageLoading />}
      {data && (
        <FileCommandsProvider of={data} onWritten={refresh}>
          <Shown of={data} />
        </FileCommandsProvider>
      )}
    </>
  );
}

function Shown({ of }: { readonly of: CustomerShown }) {
  const { words } = useLanguage();
  return (
    <>
      <header className={styles.header}>
        <h1 className={styles.subject}>
          <CustomerName details={of.details} />
        </h1>
        <Standing of={of} />
      </header>
      <div className={own.columns}>
        <CustomerFacts of={of} />
        <FileCommandPanel />
        <Milestones of={of} />
        <CustomerVisits visits={of.visits} />
        <CustomerCases cases={of.cases} />
        <Contacts of={of} />
        {of.notes.length > 0 && (
          <Panel title={words.customer.notes}>
            <ul className={styles.things}>
              {of.notes.map(({ noteId, at, text }) => (
                <li key={noteId}>
                  <Fields of={{ at, text }} />
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </>
  );
}

/** What somebody is called, out of their details; why it cannot be read where it cannot. */
function CustomerName({ details }: { readonly details: Personal | undefined }) {
  const { words } = useLanguage();
  const why = unreadableOf(details);
  if (why) return <UnreadableMark why={why} />;
  const { name } = (details && 'value' in details ? details.value : {}) as { readonly name?: string };
  return <span dir="auto">{name ?? words.case.nothing}</span>;
}

function Standing({ of }: { readonly of: CustomerShown }) {
  const { words, language } = useLanguage();
  const labelOf = (label: Label | null, id: string): string => (label ? inLanguage(label, language) : id);
  return (
    <div className={styles.headerLine}>
      <Flag>{of.tier === undefined ? words.customer.noTier : labelOf(of.tierLabel, of.tier)}</Flag>
      {of.quality.map(({ ground, label }) => (
        <Flag key={ground}>{`${words.customer.quality}: ${labelOf(label, ground)}`}</Flag>
      ))}
      {of.special && <Flag tone="warn">{words.customer.special}</Flag>}
      {of.erased && <Flag tone="bad">{words.customer.erased}</Flag>}
    </div>
  );
}

function Milestones({ of: { milestones } }: { readonly of: CustomerShown }) {
  const { words, language } = useLanguage();
  return (
    <Panel title={words.customer.milestones}>
      {milestones.length === 0 && <p className={styles.quiet}>{words.customer.noMilestones}</p>}
      <ul className={own.lines}>
        {milestones.map(({ milestoneId, milestone, label, reachedAt, withdrawn }) => (
          <li key={milestoneId}>
            <span>{label ? inLanguage(label, language) : milestone}</span>
            <At instant={reachedAt} />
            {withdrawn ? (
              <Flag>{words.customer.withdrawn}</Flag>
            ) : (
              <span>
                <FileAction name="CorrectMilestone" initial={{ milestoneId, reachedAt }} />
                <FileAction name="WithdrawMilestone" initial={{ milestoneId }} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Contacts({ of: { contacts } }: { readonly of: CustomerShown }) {
  const { words } = useLanguage();
  return (
    <Panel title={words.customer.contacts}>
      {contacts.length === 0 && <p className={styles.quiet}>{words.customer.noContacts}</p>}
      <ul className={styles.things}>
        {contacts.map(({ contactId, details }) => (
          <li key={contactId}>
            <PersonDetails details={details} />
            {'value' in details && <FileAction name="CorrectContact" initial={{ contactId, details: details.value }} />}
            <FileAction name="RemoveContact" initial={{ contactId }} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function PersonDetails({ details }: { readonly details: Personal }) {
  const why = unreadableOf(details);
  if (why) return <UnreadableMark why={why} />;
  return <Fields of={('value' in details ? details.value : {}) as Record<string, unknown>} />;
}
