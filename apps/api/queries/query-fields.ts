import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { parseInstant, type Instant } from '#kernel';
import { isHostileName } from '../http/json-body.js';
import { failed } from '../http/validate.js';

/** Parameters of a query: all are text, each is given once. */
export const TextParameter = (description: string, max = 500): PropertyDecorator =>
  applyDecorators(IsOptional(), IsString(), Length(1, max), ApiPropertyOptional({ type: String, description }));

export const ChoiceParameter = (choices: readonly string[], description: string): PropertyDecorator =>
  applyDecorators(IsOptional(), IsIn(choices), ApiPropertyOptional({ enum: [...choices], description }));

/** Several choices, separated by commas. */
export const ChoicesParameter = (choices: readonly string[], description: string): PropertyDecorator => {
  const one = `(?:${choices.join('|')})`;
  return applyDecorators(
    IsOptional(),
    Matches(new RegExp(`^${one}(?:,${one}){0,${choices.length}}$`), {
      message: `$property must be one or more of ${choices.join(', ')}`,
    }),
    ApiPropertyOptional({ type: String, description: `${description}: ${choices.join(', ')}; several with commas` }),
  );
};

export const NumberParameter = (most: number, description: string): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Matches(/^[1-9]\d{0,3}$/, { message: `$property must be 1 to ${most}` }),
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: most, description }),
  );

/**
 * Leaves empty parameters out: a form sends them for what nobody filled in.
 * @throws ProblemError VALIDATION_FAILED
 */
export function given(query: object): object {
  const hostile = Object.keys(query).find(isHostileName);
  if (hostile !== undefined) throw failed([{ field: hostile, problem: 'there is no such parameter' }]);
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/** @throws ProblemError VALIDATION_FAILED */
export function numberOf(text: string | undefined, most: number, field: string): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (number > most) throw failed([{ field, problem: `must be 1 to ${most}` }]);
  return number;
}

/** @throws ProblemError VALIDATION_FAILED */
export function instantOf(text: string | undefined, field: string): Instant | undefined {
  if (text === undefined) return undefined;
  // A plus sign that nobody encoded arrives as a space.
  const at = parseInstant(text.replace(/ (\d{2}:\d{2})$/, '+$1'));
  if (at === undefined) throw failed([{ field, problem: 'must be an ISO 8601 instant with an offset' }]);
  return at;
}
