import type { JsonObject } from './json.js';

/** Lifts the data of one version of an event to the next. */
export type Upcast = (data: JsonObject) => JsonObject;

/** Per event type the upcasts from version 1 to 2, from 2 to 3 …; the present version is one more than their number. */
export type Upcasts = Readonly<Record<string, readonly Upcast[]>>;

export const presentVersion = (upcasts: Upcasts, type: string): number => (upcasts[type]?.length ?? 0) + 1;

/**
 * The data as the present version would have said it.
 * @throws Error when the event is newer than this program, which must be upgraded to read it
 */
export function upcast(upcasts: Upcasts, type: string, version: number, data: JsonObject): JsonObject {
  const present = presentVersion(upcasts, type);
  if (version > present)
    throw new Error(`${type} is stored in version ${version}; this program knows ${present}: upgrade it`);
  return (upcasts[type] ?? []).slice(version - 1).reduce((older, lift) => lift(older), data);
}
