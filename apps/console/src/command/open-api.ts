import { useMemo } from 'react';
import { useRead } from '../http/use-read.ts';

/** As much of a JSON Schema as the forms need. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly 'x-roles'?: readonly string[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post?: Operation }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface CommandOffered {
  /** As in `legal`, e.g. `AssignCase`. */
  readonly name: string;
  /** As in the address, e.g. `assign`; empty for what opens one. */
  readonly path: string;
  readonly summary: string | undefined;
  /** Who may send it; empty where the document does not say. */
  readonly roles: readonly string[];
  readonly schema: Schema;
}

/** What commands are sent to. */
export type CommandSubject = 'cases' | 'customers';

const COMMAND_PATH = /^\/(cases|customers)\/\{\w+\}\/([a-z-]+)$/;

/** Follows references and takes the one member of a wrapping, so that what is left says what it is. */
export function resolved(schema: Schema, document: OpenApi): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return resolved(document.components?.schemas?.[name] ?? {}, document);
  const { allOf, anyOf, oneOf, ...own } = schema;
  const members = (allOf ?? anyOf ?? oneOf)?.filter(({ type }) => type !== 'null');
  const [only] = members ?? [];
  return members?.length === 1 && only ? { ...resolved(only, document), ...own } : schema;
}

const bodyOf = (operation: Operation, document: OpenApi): Schema =>
  resolved(operation.requestBody?.content?.['application/json']?.schema ?? {}, document);

/** `For agent, supervisor.` is how the API documents who may send a command. */
const rolesOf = (operation: Operation): readonly string[] =>
  operation['x-roles'] ?? /^For ([a-z, ]+)\.$/.exec(operation.description ?? '')?.[1]?.split(', ') ?? [];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `give-reply` → `GiveReply`, for a document that names no operation. */
const pascal = (path: string): string => path.split('-').map(capital).join('');

/** `assignCase`, `customerAssignTier` → `AssignCase`, `AssignTier` */
const nameOf = (operationId: string): string =>
  capital(
    operationId
      .split('_')
      .at(-1)!
      .replace(/^customer(?=[A-Z])/, ''),
  );

const offered = (operation: Operation, path: string, document: OpenApi): CommandOffered => ({
  name: operation.operationId === undefined ? pascal(path) : nameOf(operation.operationId),
  path,
  summary: operation.summary,
  roles: rolesOf(operation),
  schema: bodyOf(operation, document),
});

export function commandsIn(document: OpenApi, subject: CommandSubject): readonly CommandOffered[] {
  return Object.entries(document.paths).flatMap(([path, { post }]) => {
    const [, of, name] = COMMAND_PATH.exec(path) ?? [];
    // Attachments come as files, not as a form of fields.
    if (of !== subject || name === undefined || post === undefined || name === 'attachments') return [];
    return [offered(post, name, document)];
  });
}

export interface Commands {
  readonly document: OpenApi | undefined;
  readonly commands: readonly CommandOffered[];
  /** What opens one: `POST /cases`, `POST /customers`. */
  readonly opening: CommandOffered | undefined;
}

/** The commands as the API documents them: a new one has its form here without a line of ours. */
export function useCommands(subject: CommandSubject): Commands {
  const { data: document } = useRead<OpenApi>('/openapi.json');
  return useMemo(() => {
    const open = document?.paths[`/${subject}`]?.post;
    return {
      document,
      commands: document ? commandsIn(document, subject) : [],
      opening: document && open ? offered(open, '', document) : undefined,
    };
  }, [document, subject]);
}
