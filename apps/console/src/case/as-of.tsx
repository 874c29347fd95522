import { Alert, Button, Segmented } from 'antd';
import { useState } from 'react';
import { InstantInput } from '../fields/instant-input.tsx';
import type { Instant } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { instantText } from '../time/instants.tsx';
import styles from './case.module.css';
import { lookAt, type Moment, type MomentBy } from './moment.ts';
import { Panel } from './panel.tsx';

/** Says in which past one is, and leads back. */
export function AsOfBanner({ caseId, moment }: { readonly caseId: string; readonly moment: Moment }) {
  const { words, locale } = useLanguage();
  return (
    <Alert
      type="warning"
      showIcon
      className={styles.banner}
      title={words.asOf.banner(instantText(moment.asOf, locale, 'full'), words.asOf[moment.by])}
      action={
        <Button size="small" type="primary" onClick={() => lookAt(caseId, undefined)}>
          {words.asOf.now}
        </Button>
      }
    />
  );
}

/** chooses the moment as of which the case is shown. */
export function AsOfPicker({ caseId }: { readonly caseId: string }) {
  const { words } = useLanguage();
  const [at, setAt] = useState<Instant>();
  const [by, setBy] = useState<MomentBy>('recorded');
  return (
    <Panel title={words.asOf.title}>
      <form
        className={styles.asOf}
        onSubmit={(event) => {
          event.preventDefault();
          if (at) lookAt(caseId, { asOf: at, by });
        }}
      >
        <InstantInput value={at} onChange={setAt} label={words.asOf.title} />
        <Segmented<MomentBy>
          block
          value={by}
          onChange={setBy}
          aria-label={words.asOf.by}
          options={(['recorded', 'occurred'] as const).map((value) => ({ value, label: words.asOf[value] }))}
        />
        <Button htmlType="submit" disabled={!at} block>
          {words.asOf.show}
        </Button>
      </form>
    </Panel>
  );
}
