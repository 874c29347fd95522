import { useMemo, useSyncExternalStore } from 'react';

/**
 * Where in the console somebody is. Places live behind `#`: `/cases/{id}` itself belongs to the API, and one address
 * that is a page or JSON depending on headers is mixed up by caches and by the browser's back button.
 */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  window.addEventListener('popstate', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
    window.removeEventListener('popstate', listener);
  };
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => {
    const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
    return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
  }, [hash]);
}

export function addressOf(path: string, query: URLSearchParams = new URLSearchParams()): string {
  const text = query.toString();
  return `#${path}${text === '' ? '' : `?${text}`}`;
}

export const boardAddress = (): string => addressOf(lastBoard.path, lastBoard.query);
export const caseAddress = (caseId: string): string => addressOf(`/cases/${encodeURIComponent(caseId)}`);

export const customersAddress = (): string => addressOf('/customers');
export const customerAddress = (customerId: string): string =>
  addressOf(`/customers/${encodeURIComponent(customerId)}`);

/** @param replace leaves no step in the browser's history, for what is typed letter by letter */
export function go(path: string, query?: URLSearchParams, replace = false): void {
  const address = addressOf(path, query);
  if (!replace) {
    window.location.hash = address;
    return;
  }
  window.history.replaceState(window.history.state, '', address);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

let lastBoard: Place = { path: '/', query: new URLSearchParams() };

/** The way back from a case leads to the board as it was filtered. */
export function rememberBoard(place: Place): void {
  lastBoard = place;
}
