import { readable, UnreadableMark, unreadableOf } from '../fields/personal-value.tsx';
import type { Personal } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

/** I-2: the text as it was said. It is text: whatever it contains is shown, never interpreted. */
export function AsSaid({ content }: { readonly content: Personal | string | null | undefined }) {
  const { words } = useLanguage();
  const why = unreadableOf(content);
  const text = readable(content);
  return (
    <Panel title={words.case.asSaid}>
      {why && <UnreadableMark why={why} />}
      {!why && text === undefined && <span className={styles.quiet}>{words.case.noContent}</span>}
      {text !== undefined && (
        <blockquote className={styles.said} dir="auto">
          {text}
        </blockquote>
      )}
    </Panel>
  );
}
