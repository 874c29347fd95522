import { Alert } from 'antd';
import type { ClockExplanation } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { At, instantText } from '../time/instants.tsx';
import { hoursText } from '../time/spans.ts';
import styles from './explanation.module.css';

type Known = Exclude<ClockExplanation['counting'], { how: 'unlike' }>;

/** The stretches from start to due with their running sum, or why there are none to show. */
export function Counting({ of: { counting } }: { readonly of: ClockExplanation }) {
  const { words, locale } = useLanguage();
  if (counting.how === 'unlike') {
    const { dueAt, calendarVersion } = counting;
    const more = [
      words.clocks.unlike,
      calendarVersion && words.clocks.unlikeVersion(calendarVersion),
      dueAt && words.clocks.unlikeDue(instantText(dueAt, locale)),
    ];
    return <Alert type="info" showIcon title={more.filter(Boolean).join(' ')} />;
  }
  if (counting.segments.length === 0) return <p className={styles.quiet}>{words.clocks.noStretch}</p>;
  return (
    <>
      <Stretches counting={counting} />
      <Sum counting={counting} />
    </>
  );
}

function Stretches({ counting: { segments } }: { readonly counting: Known }) {
  const { words } = useLanguage();
  const { columns, stretch } = words.clocks;
  const sums = segments.map((_, index) => segments.slice(0, index + 1).reduce((sum, it) => sum + it.countedMs, 0));
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={columns.counted}>
      <table className={styles.stretches}>
        <thead>
          <tr>
            <th>{columns.from}</th>
            <th>{columns.to}</th>
            <th aria-label={words.field.kind} />
            <th>{columns.counted}</th>
            <th>{columns.sum}</th>
          </tr>
        </thead>
        <tbody>
          {segments.map(({ kind, from, to, countedMs }, index) => (
            <tr key={from} data-kind={kind}>
              <td>
                <At instant={from} as="table" />
              </td>
              <td>
                <At instant={to} as="table" />
              </td>
              <td>
                <span className={styles.kind} data-kind={kind} title={stretch[kind]}>
                  <span>{stretch[kind]}</span>
                </span>
              </td>
              <td>{countedMs > 0 && hoursText(countedMs, words.span)}</td>
              <td>{hoursText(sums[index] ?? 0, words.span)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sum({ counting }: { readonly counting: Known }) {
  const { words } = useLanguage();
  const { clocks, span } = words;
  if (counting.how === 'given') return null;
  const { countedMs, budgetMs, workingDays, leftMs, pushedMs } = counting;
  const sum = hoursText(countedMs, span);
  const said = [
    budgetMs !== undefined ? clocks.sum(sum, hoursText(budgetMs, span)) : undefined,
    workingDays !== undefined
      ? `${clocks.sumOfDays(sum, workingDays.length)} (${workingDays.join(words.listComma)})`
      : undefined,
    leftMs !== undefined ? clocks.leftOver(hoursText(leftMs, span)) : undefined,
    pushedMs !== undefined ? clocks.pushed(hoursText(pushedMs, span)) : undefined,
  ];
  return <p className={styles.sum}>{said.filter((it) => it !== undefined).join(' · ')}</p>;
}
