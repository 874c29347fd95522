import type { Random } from '../../support/random.js';

/** As much of a JSON schema as the engine's OpenAPI document uses. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;
export type Fields = Record<string, unknown>;

const SAMPLES = ['a1', 'CNY', 'note'];

/** Values that a schema allows, and values that it surely does not. */
export class Values {
  constructor(
    private readonly random: Random,
    private readonly schemas: Schemas,
  ) {}

  resolve(schema: Schema): Schema {
    const name = (schema.$ref ?? schema.allOf?.[0]?.$ref)?.split('/').at(-1);
    if (name === undefined) return schema;
    const found = this.schemas[name];
    if (found === undefined) throw new Error(`the OpenAPI document has no schema ${JSON.stringify(name)}`);
    return found;
  }

  right(unresolved: Schema): unknown {
    const schema = this.resolve(unresolved);
    if (schema.enum !== undefined) return this.random.pick(schema.enum);
    if (schema.format === 'date-time') return '2026-01-05T09:00:00+08:00';
    switch (schema.type) {
      case 'string':
        return SAMPLES.find((it) => schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(it));
      case 'integer':
      case 'number':
        return schema.minimum ?? 1;
      case 'boolean':
        return this.random.chance(0.5);
      case 'array':
        return [this.right(schema.items!)];
      default:
        return this.rightFields(schema);
    }
  }

  rightFields({ properties = {}, required = [] }: Schema): Fields {
    const present = Object.entries(properties).filter(([name]) => required.includes(name) || this.random.chance(0.3));
    return Object.fromEntries(present.map(([name, field]) => [name, this.right(field)]));
  }

  wrong(unresolved: Schema): unknown {
    const schema = this.resolve(unresolved);
    const { random } = this;
    switch (schema.type) {
      case 'string':
        return random.pick<unknown>([7, -0.5, true, [], ['a'], {}, { $gt: '' }, ...this.wrongTexts(schema)]);
      case 'integer':
      case 'number':
        return random.pick<unknown>(['7', 1.5, -1e-7, 1e308, true, [], {}, ...outside(schema)]);
      case 'boolean':
        return random.pick<unknown>(['true', 'false', 0, 1, [], {}]);
      case 'array':
        return random.pick<unknown>(['a', 0, true, {}, { length: 1 }, { 0: 'a' }, ...this.wrongLists(schema)]);
      default:
        return random.pick<unknown>(['a', 7, true, [], [[]], { surplus: 1 }, this.wrongFields(schema)]);
    }
  }

  /** All fields right but for one. */
  wrongFields(schema: Schema): Fields {
    const { random } = this;
    const fields = this.rightFields(schema);
    const { properties = {}, required = [] } = schema;
    const names = Object.keys(properties);
    if (required.length > 0 && random.chance(0.2)) {
      delete fields[random.pick(required)];
      return fields;
    }
    if (names.length === 0 || random.chance(0.1)) return { ...fields, surplus: random.pick([1, 'a', null, {}]) };
    const name = random.pick(names);
    return { ...fields, [name]: this.wrong(properties[name]!) };
  }

  private wrongTexts({ enum: choices, pattern, format, maxLength }: Schema): unknown[] {
    if (choices !== undefined)
      return ['', 'no such choice', `${choices[0]!} `, choices[0]!.toUpperCase(), [choices[0]]];
    if (format === 'date-time')
      return ['', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '+099999-01-01T00:00:00Z'];
    if (pattern !== undefined) return ['', ' ', 'a\u0000b', '../../x', 'a b', 'x'.repeat(300), '\u202ea', '<b>'];
    return maxLength === undefined ? [''] : ['', 'x'.repeat(maxLength + 1)];
  }

  private wrongLists({ items, minItems = 0, maxItems }: Schema): unknown[] {
    return [
      ...(items?.additionalProperties === undefined ? [[this.wrong(items!)]] : []),
      ...(minItems > 0 ? [[]] : []),
      ...(maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, () => this.right(items!))]),
    ];
  }
}

const outside = ({ minimum, maximum }: Schema): number[] => [
  ...(minimum === undefined ? [] : [minimum - 1, minimum - 1e15]),
  ...(maximum === undefined ? [] : [maximum + 1]),
];
