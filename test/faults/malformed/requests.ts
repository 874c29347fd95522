import { ADMIN_KEY } from '../../support/engine.js';
import type { Random } from '../../support/random.js';
import { Values, type Fields, type Schema, type Schemas } from './bodies.js';
import {
  wrongType,
  noObject,
  hostileField,
  brokenJson,
  repeatedKey,
  wrongEncoding,
  loneSurrogate,
  deep,
  huge,
} from './body-flaws.js';
import {
  wrongUpload,
  unknownCase,
  wrongPath,
  wrongMethod,
  wrongContentType,
  wrongHeader,
  nobody,
  foreignHost,
  badQuery,
  notHttp,
} from './head-flaws.js';
import { wired, type Wired } from './wire.js';

/** What the generator knows of the engine: its OpenAPI document, and a case that is there. */
export interface Target {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: RequestBody }>>>>;
  readonly schemas: Schemas;
  readonly caseId: string;
  readonly host: string;
}

interface RequestBody {
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Route {
  readonly path: string;
  readonly schema: Schema;
}

export type Header = readonly [name: string, value: string];
export type Flaw = (maker: MalformedRequests) => Wired;

/** Makes requests of which none may be taken: each has one flaw at least that no lenient reading mends. */
export class MalformedRequests {
  readonly values: Values;
  private readonly routes: readonly Route[];
  private readonly head: readonly Header[];

  constructor(
    readonly random: Random,
    readonly target: Target,
  ) {
    this.values = new Values(random, target.schemas);
    this.head = [
      ['Host', target.host],
      ['Connection', 'close'],
      ['Authorization', `Bearer ${ADMIN_KEY}`],
    ];
    this.routes = Object.entries(target.paths).flatMap(([path, methods]) => {
      const schema = methods['post']?.requestBody?.content['application/json']?.schema;
      return schema === undefined ? [] : [{ path, schema }];
    });
  }

  next(): Wired {
    return this.random.pick(FLAWS)(this);
  }

  route(): Route & { readonly address: string; readonly right: Fields } {
    const { path, schema } = this.random.pick(this.routes);
    const resolved = this.values.resolve(schema);
    const address = path.replace('{id}', this.target.caseId);
    return { path, schema: resolved, address, right: this.values.rightFields(resolved) };
  }

  post(address: string, body: Buffer | string, more: readonly Header[] = [], type = 'application/json'): Buffer {
    const headers = [...this.head, ...(type === '' ? [] : [['Content-Type', type] as const]), ...more];
    return wired({ method: 'POST', target: address, headers, body: Buffer.from(body) });
  }

  bare(method: string, target: string, more: readonly Header[] = [], without: readonly string[] = []): Buffer {
    const headers = [...this.head.filter(([name]) => !without.includes(name)), ...more];
    return wired({ method, target, headers });
  }
}

const FLAWS: readonly Flaw[] = [
  ...Array.from({ length: 6 }, () => wrongType),
  ...Array.from({ length: 3 }, () => badQuery),
  ...Array.from({ length: 2 }, () => brokenJson),
  ...Array.from({ length: 2 }, () => hostileField),
  ...Array.from({ length: 2 }, () => notHttp),
  noObject,
  repeatedKey,
  wrongEncoding,
  loneSurrogate,
  deep,
  huge,
  unknownCase,
  wrongPath,
  wrongMethod,
  wrongContentType,
  wrongUpload,
  wrongHeader,
  nobody,
  foreignHost,
];
