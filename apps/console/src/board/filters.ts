import type { Phase } from '../http/shapes.ts';
import { SOON_MS } from '../time/spans.ts';

/** What the board is narrowed to. It lives in the address, so that a view can be kept and sent to somebody. */
export interface BoardFilters {
  readonly text: string;
  readonly phases: readonly string[];
  readonly severity: string;
  readonly category: string;
  readonly unit: string;
  readonly channel: string;
  readonly kind: string;
  readonly repeat: '' | 'true' | 'false';
  readonly due: '' | 'soon' | 'overdue';
}

/** The phases in which somebody still has to do something. */
export const OPEN_PHASES: readonly Phase[] = ['received', 'handling', 'waiting', 'resolved'];

const listOf = (query: URLSearchParams, name: string): readonly string[] =>
  (query.get(name) ?? '').split(',').filter((item) => item !== '');

export function filtersOf(query: URLSearchParams): BoardFilters {
  const due = query.get('due');
  const repeat = query.get('repeat');
  return {
    text: query.get('text') ?? '',
    phases: listOf(query, 'state'),
    severity: query.get('severity') ?? '',
    category: query.get('category') ?? '',
    unit: query.get('unit') ?? '',
    channel: query.get('channel') ?? '',
    kind: query.get('kind') ?? '',
    repeat: repeat === 'true' || repeat === 'false' ? repeat : '',
    due: due === 'soon' || due === 'overdue' ? due : '',
  };
}

/** As the address of the board carries it. */
export function queryOf(filters: BoardFilters): URLSearchParams {
  const query = new URLSearchParams();
  const put = (name: string, value: string) => void (value !== '' && query.set(name, value));
  put('text', filters.text);
  put('state', filters.phases.join(','));
  put('severity', filters.severity);
  put('category', filters.category);
  put('unit', filters.unit);
  put('channel', filters.channel);
  put('kind', filters.kind);
  put('repeat', filters.repeat);
  put('due', filters.due);
  return query;
}

/** As the API is asked at a time; it sorts by what breaks next where nothing else is said. */
export function askedOf(filters: BoardFilters, nowMs: number): URLSearchParams {
  const query = queryOf(filters);
  query.delete('due');
  if (filters.due === 'overdue') query.set('overdue', 'true');
  if (filters.due === 'soon') query.set('dueBefore', new Date(nowMs + SOON_MS).toISOString());
  return query;
}

export const NO_FILTERS: BoardFilters = filtersOf(new URLSearchParams());

export const isFiltered = (filters: BoardFilters): boolean => queryOf(filters).size > 0;

export const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));
