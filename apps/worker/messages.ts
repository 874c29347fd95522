import type { Position } from '#kernel';
import type { LostKey } from '#privacy';
import type { RunnerStatus, SqlPlace } from '#sql';
import type { VaultPlace } from './vault-place.js';

/** What the projector thread is started with. */
export interface ProjectorData {
  readonly folder: string;
  readonly eventStoreUrl: string | undefined;
  readonly masterKey: Uint8Array;
  readonly keys: VaultPlace;
  readonly place: SqlPlace;
  readonly ledgerFile: string | undefined;
  /** By what others know this process, who read these views and keep shares of them; undefined where there are none. */
  readonly process: string | undefined;
}

export type Order = { readonly id: number } & (
  | { readonly kind: 'rebuild'; readonly name: string }
  | { readonly kind: 'retry'; readonly name: string; readonly partition: string | undefined }
  | { readonly kind: 'stop' }
);

export interface Failure {
  readonly message: string;
  readonly code: string | undefined;
}

/** What the thread tells. `started` comes once; then the views belong to the log, and this process keeps its share of them. */
export type Notice =
  | { readonly kind: 'started'; readonly position: Position; readonly status: RunnerStatus }
  /** Somebody wants nobody to keep the views; it starts when that one lets go. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'advanced'; readonly position: Position; readonly caseIds: readonly string[] }
  | { readonly kind: 'status'; readonly status: RunnerStatus }
  | { readonly kind: 'log'; readonly level: 'info' | 'error'; readonly facts: object; readonly message: string }
  | { readonly kind: 'lost'; readonly lost: LostKey }
  | { readonly kind: 'done'; readonly id: number; readonly result: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

export const failureOf = (error: unknown): Failure => {
  const { message, code } = error as Error & { code?: string };
  return { message: message ?? String(error), code };
};
