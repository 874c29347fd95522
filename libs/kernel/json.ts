/** A value that JSON carries without loss. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Whether every string in the value is well-formed Unicode: JSON and UTF-8 cannot carry a lone surrogate (EVENTS.md 5). */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !LONE_SURROGATE.test(value);
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).every(([key, inner]) => !LONE_SURROGATE.test(key) && isWellFormed(inner));
  }
  return true;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
