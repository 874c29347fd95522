import ts from 'typescript';

/** A source file of the project with all it imports, type-only imports included. */
export interface SourceFile {
  /** From the top of the project, e.g. `libs/cases/domain/state.ts`. */
  readonly path: string;
  readonly imports: readonly string[];
  readonly text: string;
}

export interface Rule {
  readonly id: string;
  readonly says: string;
  /** Why the file breaks the rule, or nothing. */
  check(file: SourceFile): string | undefined;
}

/** Which libs a lib may import. A lib that is not named here may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  calendar: ['kernel'],
  policy: ['kernel', 'calendar'],
  audit: ['kernel'],
  privacy: ['kernel'],
  'event-store': ['kernel'],
  jobs: ['kernel'],
  execution: ['kernel', 'event-store', 'privacy', 'audit'],
  sql: ['kernel', 'event-store', 'privacy', 'audit'],
  cases: ['kernel', 'calendar', 'policy', 'execution'],
  rulebook: ['kernel', 'calendar', 'policy', 'execution', 'event-store'],
  organisation: ['kernel', 'calendar', 'policy', 'privacy', 'sql', 'execution', 'event-store'],
  customers: ['kernel', 'calendar', 'policy', 'execution'],
  views: [
    'kernel',
    'calendar',
    'policy',
    'cases',
    'customers',
    'organisation',
    'sql',
    'privacy',
    'event-store',
    'execution',
  ],
  notifications: ['kernel'],
  automations: [
    'kernel',
    'calendar',
    'policy',
    'cases',
    'customers',
    'organisation',
    'execution',
    'event-store',
    'jobs',
    'notifications',
  ],
  import: ['kernel', 'calendar', 'policy', 'cases', 'execution'],
};

const PURE = ['libs/kernel/', 'libs/calendar/', 'libs/cases/domain/'];
/** What a pure module may have from outside: arithmetic and data that ship (`node:module` reads calendars), no input and output. */
const PURE_IMPORTS =
  /^(#(kernel|calendar|policy|execution|cases)|\.\.?\/|node:crypto$|node:module$|luxon$|date-holidays$)/;

const libOf = (path: string): string | undefined => /^libs\/([^/]+)\//.exec(path)?.[1];
const libImported = (specifier: string): string | undefined => /^#([^/]+)/.exec(specifier)?.[1];
const isTest = (path: string): boolean =>
  path.endsWith('.test.ts') || /\/(testing|contract)\//.test(path) || path.startsWith('test/');

export const RULES: readonly Rule[] = [
  {
    id: 'direction',
    says: 'libs import only the libs below them',
    check: ({ path, imports }) => {
      const lib = libOf(path);
      if (lib === undefined || isTest(path)) return undefined;
      const allowed = MAY_IMPORT[lib];
      if (allowed === undefined) return `libs/${lib} is not in the table of libs`;
      const wrong = imports
        .map(libImported)
        .find((other) => other !== undefined && other !== lib && !allowed.includes(other));
      return wrong && `libs/${lib} may not import #${wrong}`;
    },
  },
  {
    id: 'adapters',
    says: 'features see ports, never adapters; apps and tests compose them',
    check: ({ path, imports }) => {
      if (!path.startsWith('libs/') || isTest(path)) return undefined;
      const lib = libOf(path);
      const adapter = imports.find(
        (it) => /^#[^/]+\/(embedded|postgres|eventstoredb|bullmq|endpoint|smtp)/.test(it) && libImported(it) !== lib,
      );
      return adapter && `${adapter} is an adapter`;
    },
  },
  {
    id: 'views-automations',
    says: 'views and automations never import each other',
    check: ({ path, imports }) => {
      const lib = libOf(path);
      const other = lib === 'views' ? 'automations' : lib === 'automations' ? 'views' : undefined;
      return other && imports.map(libImported).includes(other) ? `libs/${lib} imports #${other}` : undefined;
    },
  },
  {
    id: 'no-app-imported',
    says: 'nothing in libs imports an app, and no app imports another but to compose the one process of the embedded default',
    check: ({ path, imports }) => {
      const app = imports.find((it) => /(^|\/)apps\//.test(it));
      return path.startsWith('libs/') && app !== undefined ? `${app} is in an app` : undefined;
    },
  },
  {
    id: 'front-door',
    says: 'another lib is imported by its name, not by a path into it',
    check: ({ path, imports }) => {
      const depth = path.split('/').length - 2;
      const escape = imports.find(
        (it) => path.startsWith('libs/') && (it.match(/\.\.\//g)?.length ?? 0) >= depth && /^(\.\.\/)+/.test(it),
      );
      return escape && `${escape} leaves libs/${libOf(path)}`;
    },
  },
  {
    id: 'pure',
    says: 'kernel, calendar and the domain of cases do no input and output and know no framework',
    check: ({ path, imports }) => {
      if (isTest(path) || !PURE.some((folder) => path.startsWith(folder))) return undefined;
      const impure = imports.find((it) => !PURE_IMPORTS.test(it));
      return impure && `${impure} is not pure`;
    },
  },
  {
    id: 'clock',
    says: 'time comes from the clock port',
    check: ({ path, text }) => {
      if (path === 'libs/kernel/clock.ts' || isTest(path) || path.startsWith('apps/console/')) return undefined;
      if (!path.startsWith('libs/') || path.startsWith('libs/event-store/')) return undefined;
      const read = /\bDate\.now\(\)|\bnew Date\(\)/.exec(withoutComments(text));
      return read ? `${read[0]} reads the machine's clock` : undefined;
    },
  },
  {
    id: 'names',
    says: 'nothing is called utils, helpers or common',
    check: ({ path }) => (/(^|\/)(utils?|helpers?|common)(\.|\/)/.test(path) ? 'say what it is for' : undefined),
  },
];

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** Reads what a file imports or re-exports: statements, type-only ones, `import()` and `import('…').Type`. */
export function sourceFile(path: string, text: string): SourceFile {
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      imports.push(node.moduleSpecifier.text);
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0] &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      imports.push(node.arguments[0].text);
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      imports.push(node.argument.literal.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(
    ts.createSourceFile(
      path,
      text,
      ts.ScriptTarget.ES2022,
      true,
      path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    ),
  );
  return { path, imports, text };
}
