import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ProblemError } from './problems.js';

export type Constructor<T extends object = object> = new (...args: never[]) => T;

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
} as const;

/**
 * The body as an instance of the class whose decorators say what is allowed; a member that the class does not name is
 * refused.
 * @throws ProblemError VALIDATION_FAILED with every field and what is wrong with it
 */
export function validated<T extends object>(type: Constructor<T>, body: unknown): T {
  if (body === undefined) body = {};
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw failed([{ field: '', problem: 'must be an object' }]);
  }
  const instance = plainToInstance(type as new () => T, body);
  const errors = validateSync(instance, { ...RULES, validationError: VALIDATION_ERROR });
  if (errors.length > 0) throw failed(flatten(errors, ''));
  return instance;
}

export const failed = (errors: readonly { field: string; problem: string }[]): ProblemError =>
  new ProblemError('VALIDATION_FAILED', { errors: errors.slice(0, MOST_ERRORS) });

/** What was sent is not said again: it may be personal, and an answer is easily logged by who gets it. */
const VALIDATION_ERROR = { target: false, value: false } as const;
const MOST_ERRORS = 100;

function flatten(errors: readonly ValidationError[], path: string): { field: string; problem: string }[] {
  return errors.flatMap((error) => {
    const field = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, problem]) => ({
      field,
      problem: rule === 'whitelistValidation' ? 'there is no such field' : problem,
    }));
    return [...own, ...flatten(error.children ?? [], field)];
  });
}
