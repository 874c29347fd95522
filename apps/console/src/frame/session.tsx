import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react';
import { onSignedOut } from '../http/requests.ts';
import type { Category, Me, Page, Person, Policy } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { inLanguage, term, useLanguage } from '../language/language.tsx';
import { setServerNow } from '../time/server-clock.ts';
import { ProblemNote } from './problem-note.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { PageLoading } from './page-loading.tsx';

export interface Session {
  readonly me: Me;
  readonly policy: Policy | undefined;
  readonly people: readonly Person[];
  /** Reads again who is signed in and what time it is at the server. */
  readonly refresh: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Shows its children to who is signed in, and the sign-in page to everybody else. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { data: me, problem, refresh } = useRead<Me>('/me');
  const [isSignedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  // Before anything below asks what time it is.
  useLayoutEffect(() => {
    if (me) setServerNow(me.now, me.testClock);
  }, [me]);

  const signedIn = useCallback(() => {
    setSignedOut(false);
    refresh();
  }, [refresh]);

  if (isSignedOut || problem?.status === 401) return <SignInPage onSignedIn={signedIn} />;
  if (me) return <SignedIn {...{ me, refresh, children }} />;
  if (problem) return <ProblemNote problem={problem} onRetry={() => refresh()} page />;
  return <PageLoading />;
}

function SignedIn({ me, refresh, children }: { me: Me; refresh: () => void; children: ReactNode }) {
  const { data: policy } = useRead<Policy>('/policy');
  const { data: people } = useRead<Page<Person>>('/people');
  const session = useMemo<Session>(
    () => ({ me, policy, people: people?.items ?? [], refresh }),
    [me, policy, people, refresh],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

/** Shows its children in the words of another pack than the desk's: a unit may work under a pack of its own (O-1). */
export function UnderPack({ policy, children }: { readonly policy: Policy | undefined; readonly children: ReactNode }) {
  const session = useSession();
  const scoped = useMemo(() => ({ ...session, policy: policy ?? session.policy }), [session, policy]);
  return <SessionContext value={scoped}>{children}</SessionContext>;
}

export interface Names {
  readonly person: (id: string) => string;
  readonly category: (id: string) => string;
  readonly clock: (id: string) => string;
  readonly chain: (id: string) => string;
  readonly units: readonly string[];
}

/** Ids as the viewer's words: people by name, categories, clocks and chains of escalation by the pack's labels. */
export function useNames(): Names {
  const { people, policy, me } = useSession();
  const { language, words } = useLanguage();
  return useMemo(() => {
    const persons = new Map(people.map(({ id, name }) => [id, name]));
    persons.set(me.id, me.name);
    const categories = new Map<string, string>();
    const walk = (nodes: readonly Category[]) => {
      for (const node of nodes) {
        categories.set(node.id, inLanguage(node.label, language));
        walk(node.children ?? []);
      }
    };
    walk(policy?.categories ?? []);
    const clocks = new Map(policy?.clocks.map(({ id, label }) => [id, inLanguage(label, language)]));
    const chains = new Map(policy?.escalations.map(({ id, label }) => [id, inLanguage(label, language)]));
    return {
      person: (id) => persons.get(id) ?? (Object.hasOwn(words.post, id) ? term(words.post, id) : id),
      category: (id) => categories.get(id) ?? id,
      clock: (id) => clocks.get(id) ?? term(words.clock, id),
      chain: (id) => chains.get(id) ?? id,
      units: [...new Set(people.flatMap(({ unit }) => (unit ? [unit] : [])))].sort(),
    };
  }, [people, policy, me, language, words]);
}
