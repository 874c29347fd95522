import { isRefusal, type Refusal } from '#kernel';

/** What a test takes for granted: a refusal fails it with its code. */
export function made<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code} ${JSON.stringify(value.facts)}`);
  return value;
}
