import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

/** What the stream says that somebody may have to look at again; `subject` is missing where anything may have changed. */
export interface LiveNews {
  readonly position?: string;
  readonly subject?: string;
}

interface Live {
  readonly state: LiveState;
  readonly listen: (listener: (news: LiveNews) => void) => () => void;
}

const LiveContext = createContext<Live>({ state: 'connecting', listen: () => () => undefined });

/** A stream that was refused (not merely interrupted) is not opened again by the browser. */
const REOPEN_AFTER_MS = 5_000;
const REFRESH_AT_MOST_EVERY_MS = 1_000;

/** Keeps `GET /events/stream` open while its children are shown. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<LiveState>('connecting');
  const [listeners] = useState(() => new Set<(news: LiveNews) => void>());
  const listen = useCallback<Live['listen']>(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [listeners],
  );

  useEffect(() => {
    const tell = (news: LiveNews) => listeners.forEach((listener) => listener(news));
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasOpen = false;
    const open = () => {
      source = new EventSource('/events/stream?after=head');
      source.onopen = () => {
        setState('live');
        // What happened between the two connections may have been missed.
        if (wasOpen) tell({});
        wasOpen = true;
      };
      source.onmessage = (message: MessageEvent<string>) => tell(newsOf(message));
      source.onerror = () => {
        setState('reconnecting');
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [listeners]);

  const live = useMemo<Live>(() => ({ state, listen }), [state, listen]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** The id of a message is the position of its event; its data is the event as CloudEvents JSON. */
function newsOf(message: MessageEvent<string>): LiveNews {
  const position = message.lastEventId === '' ? {} : { position: message.lastEventId };
  try {
    const { subject } = JSON.parse(message.data) as { subject?: string };
    return subject ? { ...position, subject } : position;
  } catch {
    return position;
  }
}

export const useLiveState = (): LiveState => useContext(LiveContext).state;

/** Calls `refresh` with the newest position after news, at most once a second; `about` narrows it to one case. */
export function useLiveRefresh(refresh: (atLeast?: string) => void, about?: string): void {
  const { listen } = useContext(LiveContext);
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  }, [refresh]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    let position: string | undefined;
    const stop = listen((news) => {
      if (about !== undefined && news.subject !== undefined && !news.subject.includes(about)) return;
      position = news.position ?? position;
      if (timer !== undefined) return;
      const wait = Math.max(0, lastAt + REFRESH_AT_MOST_EVERY_MS - Date.now());
      timer = setTimeout(() => {
        timer = undefined;
        lastAt = Date.now();
        latest.current(position);
      }, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, about]);
}
