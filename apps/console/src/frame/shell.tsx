import { LogoutOutlined } from '@ant-design/icons';
import { Button, Tag, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useLiveRefresh, useLiveState } from '../http/live.tsx';
import { write } from '../http/requests.ts';
import { term, useLanguage } from '../language/language.tsx';
import { viewersZone } from '../time/instants.tsx';
import { Brand } from './brand.tsx';
import styles from './frame.module.css';
import { LanguageSwitch } from './language-switch.tsx';
import { boardAddress, customersAddress } from './place.ts';
import { useSession } from './session.tsx';

/** What stands around every page: the name, whether it is live, who is signed in, in which zone times are. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { words, locale } = useLanguage();
  const { me, refresh } = useSession();
  useLiveRefresh(() => {
    if (me.testClock) refresh();
  });
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page" onClick={focusContent}>
        {words.frame.skip}
      </a>
      <header className={styles.header}>
        <a href={boardAddress()} className={styles.home} aria-label={words.frame.board}>
          <Brand />
        </a>
        <LiveMark />
        <a href={customersAddress()}>{words.customer.list}</a>
        {me.testClock && <Tag color="purple">{words.time.testClock}</Tag>}
        <span className={styles.gap} />
        <span className={styles.me} title={term(words.role, me.role)}>
          {me.name}
          <small>
            {term(words.role, me.role)}
            {me.unit ? ` · ${me.unit}` : ''}
          </small>
        </span>
        <LanguageSwitch />
        <Tooltip title={words.frame.signOut}>
          <Button
            type="text"
            icon={<LogoutOutlined />}
            aria-label={words.frame.signOut}
            onClick={() =>
              void write('/sign-out', {})
                .catch(() => undefined)
                .then(refresh)
            }
          />
        </Tooltip>
      </header>
      <main id="page" tabIndex={-1} className={styles.main}>
        {children}
      </main>
      <footer className={styles.footer}>{words.time.zone(viewersZone(locale))}</footer>
    </div>
  );
}

/** The address behind `#` names a place of the console, so the browser's own jump would lead away from it. */
function focusContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}

function LiveMark() {
  const { words } = useLanguage();
  const state = useLiveState();
  return (
    <Tooltip title={state === 'live' ? words.frame.liveHint : words.frame.reconnectingHint}>
      <span className={styles.liveMark} data-state={state} role="status">
        {words.frame[state]}
      </span>
    </Tooltip>
  );
}
