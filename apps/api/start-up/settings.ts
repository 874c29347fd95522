import { z } from 'zod';
import { parseInstant } from '#kernel';

/** A setting that is wrong: the message says what is allowed, and nothing starts. */
export class WrongSettings extends Error {
  readonly code = 'WRONG_SETTINGS';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((number) => number <= 65_535);

const flag = z.enum(['0', '1']).transform((value) => value === '1');

const testClock = z.string().transform((text, context) => {
  if (text === '0' || text === '1') return text;
  const at = parseInstant(text);
  if (at === undefined) context.addIssue({ code: 'custom', message: 'no instant' });
  return at ?? text;
});

const MAIL_ADDRESS = /^(?:[^<>@\r\n"]{1,100} <[^\s<>@]{1,64}@[^\s<>@]{1,255}>|[^\s<>@]{1,64}@[^\s<>@]{1,255})$/;

const urlOf = (...protocols: readonly string[]) =>
  z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && protocols.includes(url.protocol) && url.hostname !== '';
  });

/** Under which links are made: the console's places stand behind `#`. */
const publicUrl = urlOf('http:', 'https:')
  .refine((text) => !/[?#]/.test(text) && URL.canParse(text) && new URL(text).username === '')
  .transform((text) => text.replace(/\/+$/, ''));

interface Allowed {
  readonly schema: z.ZodType;
  readonly allowed: string;
}

/** Every setting with what it takes; the message of an error is made from this list (DESIGN "Settings"). */
const SETTINGS = {
  PORT: { schema: port.default(3000), allowed: 'a TCP port, 0 for any free one (default 3000)' },
  HOST: { schema: z.string().min(1).default('127.0.0.1'), allowed: 'an address to bind to (default 127.0.0.1)' },
  REDRESS_DATA: { schema: z.string().min(1).default('data'), allowed: 'a folder (default ./data)' },
  REDRESS_ADMIN_KEY: { schema: z.string().min(1).optional(), allowed: "the first administrator's key" },
  REDRESS_MASTER_KEY: {
    schema: z.string().min(1).optional(),
    allowed: 'the master key, 32 bytes as base64 or hex (default: a file made on first start)',
  },
  REDRESS_TEST_CLOCK: {
    schema: testClock.default('0'),
    allowed: '0, 1, or an instant such as 2026-01-05T01:00:00Z at which the test clock starts',
  },
  EVENTSTOREDB_URL: {
    schema: z
      .string()
      .regex(/^esdb(\+discover)?:\/\/[^/?]/)
      .optional(),
    allowed:
      'esdb://[user:password@]host[:port][,host…][?tls=true|false&…] or esdb+discover://…, which keeps the log (default: SQLite in the data folder); needs REDRESS_DATABASE_URL too',
  },
  REDRESS_ROLE: {
    schema: z.enum(['all', 'api', 'worker']).default('all'),
    allowed:
      'all, api (answers, and leaves views and automations to workers) or worker; api and worker need EVENTSTOREDB_URL (default all)',
  },
  REDRESS_DATABASE_URL: {
    schema: z
      .string()
      .refine((text) => URL.canParse(text) && /^postgres(ql)?:\/\/[^/]/.test(text))
      .optional(),
    allowed: 'postgres://user:password@host:port/database, which keeps the views (default: SQLite in the data folder)',
  },
  REDRESS_REDIS_URL: {
    schema: urlOf('redis:', 'rediss:').optional(),
    allowed:
      'redis://user:password@host:port[/db] or rediss://…, which carries jobs to whichever process is free (default: each process does its own)',
  },
  REDRESS_LOG_LEVEL: { schema: z.enum(LOG_LEVELS).default('info'), allowed: LOG_LEVELS.join(', ') },
  REDRESS_TLS_CERT: { schema: z.string().min(1).optional(), allowed: 'a PEM file; needs REDRESS_TLS_KEY too' },
  REDRESS_TLS_KEY: { schema: z.string().min(1).optional(), allowed: 'a PEM file; needs REDRESS_TLS_CERT too' },
  REDRESS_PUBLIC_HOSTS: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
      .default([]),
    allowed: 'host names, separated by commas, under which browsers may reach a server bound to loopback',
  },
  REDRESS_SMTP_URL: {
    schema: urlOf('smtp:', 'smtps:').optional(),
    allowed: 'a mail server, smtp://user:password@host:port or smtps://…; needs REDRESS_MAIL_FROM too',
  },
  REDRESS_MAIL_FROM: {
    schema: z.string().regex(MAIL_ADDRESS).optional(),
    allowed: 'whom mail is from, redress@example.org or Redress <redress@example.org>',
  },
  REDRESS_PUBLIC_URL: {
    schema: publicUrl.optional(),
    allowed:
      'where people reach the console, https://host[:port][/path], for the links in mails (default: HOST and PORT)',
  },
  REDRESS_DEMO: { schema: flag.default(false), allowed: '0 or 1: fill an empty folder with the demo (as --demo does)' },
  REDRESS_ATTACHMENT_LIMIT_BYTES: {
    schema: z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number)
      .default(25 * 1024 * 1024),
    allowed: 'the largest attachment in bytes (default 26214400)',
  },
  REDRESS_PACK: {
    schema: z.string().min(1).default('group'),
    allowed: 'the policy pack of cases that name none, by its id (default group)',
  },
  REDRESS_ESDB_PORT: {
    schema: port.optional(),
    allowed: 'a TCP port on which EventStoreDB clients read the log, usually 2113; 0 for any free one (default: none)',
  },
  REDRESS_ESDB_INSECURE: {
    schema: flag.default(false),
    allowed: '0 or 1: EventStoreDB clients need no credentials; for tests, on loopback only',
  },
  REDRESS_ESDB_FOREIGN_WRITES: {
    schema: flag.default(false),
    allowed: '0 or 1: administrators may write streams that are not the engine’s through the EventStoreDB port',
  },
  REDRESS_PROJECTIONS: {
    schema: z.enum(['run', 'pause']).default('run'),
    allowed: 'run or pause (paused, views fall behind until the next start; for benchmarks)',
  },
} as const satisfies Record<string, Allowed>;

type Values = { readonly [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['schema']> };

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly folder: string;
  readonly adminKey: string | undefined;
  readonly masterKey: string | undefined;
  /** `undefined` where time is the machine's; `now` where a test clock starts at the present. */
  readonly testClock: string | 'now' | undefined;
  /** What of the work this process does; the others share the log and the database. */
  readonly role: 'all' | 'api' | 'worker';
  /** EventStoreDB that keeps the log; undefined where it is in the data folder. */
  readonly eventStoreUrl: string | undefined;
  /** PostgreSQL that keeps the views; undefined where they are in the data folder. */
  readonly databaseUrl: string | undefined;
  /** Redis that carries jobs; undefined where each process does what it finds due. */
  readonly redisUrl: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly publicHosts: readonly string[];
  /** Undefined where there is no mail server: then notifications go into the log. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  /** Where people reach the console, without a slash at its end. */
  readonly publicUrl: string;
  readonly demo: boolean;
  readonly attachmentLimitBytes: number;
  /** The policy pack of cases that name none. */
  readonly pack: string;
  readonly projections: 'run' | 'pause';
  /** The EventStoreDB-compatible endpoint, where it is on. */
  readonly esdb: { readonly port: number; readonly insecure: boolean; readonly foreignWrites: boolean } | undefined;
}

/** Reads the environment. @throws WrongSettings naming every wrong setting and what is allowed */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const faults = unknownNames(environment);
  const values: Record<string, unknown> = {};
  for (const [name, { schema, allowed }] of Object.entries(SETTINGS)) {
    const parsed = schema.safeParse(environment[name] === '' ? undefined : environment[name]);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${name} is wrong; allowed is ${allowed}.`);
  }
  const read = values as Values;
  if ((read.REDRESS_TLS_CERT === undefined) !== (read.REDRESS_TLS_KEY === undefined)) {
    faults.push('REDRESS_TLS_CERT and REDRESS_TLS_KEY go together: give both or neither.');
  }
  if ((read.REDRESS_SMTP_URL === undefined) !== (read.REDRESS_MAIL_FROM === undefined)) {
    faults.push('REDRESS_SMTP_URL and REDRESS_MAIL_FROM go together: give both or neither.');
  }
  faults.push(...wrongEventStore(read), ...wrongEndpoint(read));
  if (faults.length > 0) throw new WrongSettings(faults.join('\n'));
  return settingsOf(read);
}

/** A log that several processes write has views that all of them read; who can reach EventStoreDB itself needs no likeness of it. */
function wrongEventStore(read: Values): string[] {
  if (read.EVENTSTOREDB_URL === undefined) {
    if (read.REDRESS_ROLE === 'all') return [];
    return [
      'REDRESS_ROLE needs EVENTSTOREDB_URL: several processes share a log, and the one in the data folder is one process’s.',
    ];
  }
  return [
    ...(read.REDRESS_DATABASE_URL === undefined
      ? ['EVENTSTOREDB_URL needs REDRESS_DATABASE_URL: the views of a shared log belong into a shared database.']
      : []),
    ...(read.REDRESS_ESDB_PORT === undefined
      ? []
      : [
          'REDRESS_ESDB_PORT serves the log in the data folder: with EVENTSTOREDB_URL clients go to EventStoreDB itself.',
        ]),
  ];
}

/** Without credentials anybody who reaches the port is an administrator: nobody but this machine may reach it. */
function wrongEndpoint({ REDRESS_ESDB_INSECURE: insecure, REDRESS_ESDB_PORT: port, HOST: host }: Values): string[] {
  if (insecure !== true) return [];
  if (port === undefined) return ['REDRESS_ESDB_INSECURE does nothing without REDRESS_ESDB_PORT.'];
  return LOOPBACK.test(host) ? [] : ['REDRESS_ESDB_INSECURE is allowed only where HOST is a loopback address.'];
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

function settingsOf(read: Values): Settings {
  const { REDRESS_TLS_CERT: cert, REDRESS_TLS_KEY: key, REDRESS_TEST_CLOCK: clock } = read;
  const { REDRESS_SMTP_URL: url, REDRESS_MAIL_FROM: from } = read;
  return {
    port: read.PORT,
    host: read.HOST,
    folder: read.REDRESS_DATA,
    adminKey: read.REDRESS_ADMIN_KEY,
    masterKey: read.REDRESS_MASTER_KEY,
    testClock: clock === '0' ? undefined : clock === '1' ? 'now' : clock,
    role: read.REDRESS_ROLE,
    eventStoreUrl: read.EVENTSTOREDB_URL,
    databaseUrl: read.REDRESS_DATABASE_URL,
    redisUrl: read.REDRESS_REDIS_URL,
    logLevel: read.REDRESS_LOG_LEVEL,
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    publicHosts: read.REDRESS_PUBLIC_HOSTS,
    mail: url !== undefined && from !== undefined ? { url, from } : undefined,
    publicUrl: read.REDRESS_PUBLIC_URL ?? ownUrl(read),
    demo: read.REDRESS_DEMO,
    attachmentLimitBytes: read.REDRESS_ATTACHMENT_LIMIT_BYTES,
    pack: read.REDRESS_PACK,
    projections: read.REDRESS_PROJECTIONS,
    esdb:
      read.REDRESS_ESDB_PORT === undefined
        ? undefined
        : {
            port: read.REDRESS_ESDB_PORT,
            insecure: read.REDRESS_ESDB_INSECURE,
            foreignWrites: read.REDRESS_ESDB_FOREIGN_WRITES,
          },
  };
}

function ownUrl({ HOST, PORT, REDRESS_TLS_CERT: cert }: Values): string {
  const host = ['0.0.0.0', '::'].includes(HOST) ? '127.0.0.1' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `${cert === undefined ? 'http' : 'https'}://${host}:${PORT}`;
}

const unknownNames = (environment: NodeJS.ProcessEnv): string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith('REDRESS_') && !(name in SETTINGS))
    .map((name) => `${name} is no setting. There are ${Object.keys(SETTINGS).join(', ')}.`);
