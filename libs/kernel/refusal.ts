import type { JsonObject } from './json.js';

/** A command that may not be: a value with a stable code and the facts that make the reason clear. Never an exception. */
export interface Refusal {
  readonly refused: true;
  /** Upper snake case, stable: clients branch on it. */
  readonly code: string;
  readonly facts: JsonObject;
}

export const refuse = (code: string, facts: JsonObject = {}): Refusal => ({ refused: true, code, facts });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true;
