import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { isWellFormed, parseInstant } from '#kernel';

/** One decorator per kind of field: what is validated and what OpenAPI says come from the same place. */
export interface FieldOptions {
  readonly optional?: boolean;
  readonly description?: string;
}

export interface ListOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

/** The checks of one value, and what OpenAPI says of it. `each` applies the checks to the items of a list. */
interface Kind {
  checks(each: ValidationOptions): PropertyDecorator[];
  readonly schema: ApiPropertyOptions;
}

/** Ids of people, units, things and keys: no names, no personal words. */
const ID = /^[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,99}$/u;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What another system calls a state or a unit: one line of anything printable. */
const LABEL = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
/** Beyond the years 0000–9999 instants do not compare as text. */
const UTC_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const MAX_TEXT = 100_000;
const MAX_ITEMS = 100;

const matching = (pattern: RegExp, says: string): Kind => ({
  checks: (each) => [IsString(each), Matches(pattern, { ...each, message: `$property must be ${says}` })],
  schema: { type: 'string', pattern: pattern.source, description: says },
});

const wellFormed = (each: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isWellFormed',
      validator: { validate: isWellFormed, defaultMessage: () => '$property holds a lone surrogate' },
    },
    each,
  );

/** Free text, kept exactly as it was said: never trimmed, any well-formed Unicode. Length in characters. */
const text = (max: number): Kind => ({
  checks: (each) => [IsString(each), Length(1, max, each), wellFormed(each)],
  schema: { type: 'string', minLength: 1, maxLength: max },
});

const KINDS = {
  id: matching(ID, 'an id of at most 100 letters, digits, ".", "_", ":", "@", "/" and "-"'),
  code: matching(CODE, 'a code of at most 64 letters, digits, ".", "_" and "-"'),
  label: matching(LABEL, 'one printable line of at most 200 characters'),
};

function field(kind: Kind, options: FieldOptions, more: readonly PropertyDecorator[] = []): PropertyDecorator {
  const { optional = false, description } = options;
  return applyDecorators(
    // A field that is left out is undefined; null is a wrong value like any other.
    ...(optional ? [ValidateIf((_command: unknown, value: unknown) => value !== undefined)] : []),
    ...more,
    ...kind.checks({}),
    ApiProperty({
      ...kind.schema,
      ...(description === undefined ? {} : { description }),
      required: !optional,
    } as ApiPropertyOptions),
  );
}

export const IdField = (options: FieldOptions = {}): PropertyDecorator => field(KINDS.id, options);
export const CodeField = (options: FieldOptions = {}): PropertyDecorator => field(KINDS.code, options);
export const LabelField = (options: FieldOptions = {}): PropertyDecorator => field(KINDS.label, options);

export const TextField = (options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator =>
  field(text(options.max ?? MAX_TEXT), options);

export const PatternField = (pattern: RegExp, says: string, options: FieldOptions = {}): PropertyDecorator =>
  field(matching(pattern, says), options);

/** ISO 8601 with an offset; normalised to UTC with milliseconds when the command is read. */
export const InstantField = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    {
      checks: (each) => [
        Matches(UTC_INSTANT, {
          ...each,
          message: '$property must be an ISO 8601 instant with an offset, e.g. 2026-11-22T13:08:00+08:00',
        }),
      ],
      schema: { type: 'string', format: 'date-time' },
    },
    options,
    [
      Transform(({ value }: { value: unknown }) =>
        typeof value === 'string' ? (parseInstant(value) ?? value) : value,
      ),
    ],
  );

export const ChoiceField = (values: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  field(choice(values), options);

const choice = (values: readonly string[]): Kind => ({
  checks: (each) => [IsIn(values, each)],
  schema: { type: 'string', enum: [...values] },
});

export const IntField = (
  options: FieldOptions & { readonly min?: number; readonly max?: number } = {},
): PropertyDecorator => {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return field(
    {
      checks: (each) => [IsInt(each), Min(min, each), Max(max, each)],
      schema: { type: 'integer', minimum: min, maximum: max },
    },
    options,
  );
};

export const BooleanField = (options: FieldOptions = {}): PropertyDecorator =>
  field({ checks: (each) => [IsBoolean(each)], schema: { type: 'boolean' } }, options);

/** A list of ids, codes or labels, or of the given choices. */
export const ListField = (
  items: keyof typeof KINDS | readonly string[],
  options: ListOptions = {},
): PropertyDecorator => {
  const kind = typeof items === 'string' ? KINDS[items] : choice(items);
  return field(listOf(kind, options), options);
};

function listOf(kind: Kind, { min = 0, max = MAX_ITEMS }: ListOptions): Kind {
  return {
    checks: () => [IsArray(), ArrayMinSize(min), ArrayMaxSize(max), ...kind.checks({ each: true })],
    schema: {
      type: 'array',
      items: kind.schema as Record<string, never>,
      minItems: min,
      maxItems: max,
    },
  };
}

// Swagger recognises a type that is asked for late by the name of the function, which must be `type`.
export const NestedField = (type: () => Class<object>, options: FieldOptions = {}): PropertyDecorator =>
  field({ checks: () => [IsObject(), ValidateNested()], schema: { type: () => type() } }, options, [Type(type)]);

export const NestedListField = (type: () => Class<object>, options: ListOptions = {}): PropertyDecorator => {
  const { min = 0, max = MAX_ITEMS } = options;
  return field(
    {
      checks: () => [
        IsArray(),
        ArrayMinSize(min),
        ArrayMaxSize(max),
        IsObject({ each: true }),
        ValidateNested({ each: true }),
      ],
      schema: { type: () => type(), isArray: true, minItems: min, maxItems: max },
    },
    options,
    [Type(type)],
  );
};

/** Values of a pack's own fields, by the field's id; which fields there are is for the pack to say. */
export const ValuesField = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    {
      checks: (each) => [
        ValidateBy(
          {
            name: 'isValues',
            validator: {
              validate: isValues,
              defaultMessage: () =>
                '$property must be an object of at most 100 fields, each text, a number, true or false',
            },
          },
          each,
        ),
      ],
      schema: {
        type: 'object',
        additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      },
    },
    options,
  );

function isValues(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_ITEMS && entries.every(([name, its]) => CODE.test(name) && isValue(its));
}

const isValue = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= MAX_TEXT && isWellFormed(value));
