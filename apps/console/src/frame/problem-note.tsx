import { Alert, Button } from 'antd';
import type { Problem } from '../http/requests.ts';
import { term, useLanguage } from '../language/language.tsx';
import styles from './frame.module.css';

interface ProblemNoteProps {
  readonly problem: Problem;
  readonly onRetry?: () => void;
  /** Whether it is all there is to see. */
  readonly page?: boolean;
}

/** Why something did not work, in words, with the code one can look up. */
export function ProblemNote({ problem, onRetry, page = false }: ProblemNoteProps) {
  const { words } = useLanguage();
  const text = useProblemText(problem);
  const legal = legalOf(problem);
  return (
    <Alert
      className={page ? styles.problemPage : undefined}
      type={problem.status === 503 ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={text}
      description={
        <>
          {legal.length > 0 && (
            <div>{words.problem.legal(legal.map((name) => term(words.command, name)).join(' · '))}</div>
          )}
          <small>
            {words.problem.correlation}: <code>{problem.code}</code>
          </small>
        </>
      }
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {words.problem.retry}
          </Button>
        )
      }
    />
  );
}

const legalOf = ({ facts }: Problem): readonly string[] =>
  Array.isArray(facts['legal']) ? facts['legal'].filter((name) => typeof name === 'string') : [];

export function useProblemText(problem: Problem): string {
  const { words } = useLanguage();
  if (problem.status === 0 && problem.code === 'NETWORK') return words.problem.network;
  if (problem.status === 412) return words.problem.stale;
  if (problem.code === 'VIEW_BEHIND') return words.problem.behind;
  if (problem.status === 403 && problem.message === '') return words.problem.forbidden;
  if (problem.code === 'CUSTOMER_NOT_FOUND') return words.customer.noSuch;
  if (problem.status === 404) return words.problem.notFound;
  return problem.message || words.problem.title;
}
