import { basename } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { loadPack, packDifferences, WrongPack } from '#policy';
import { CliError, withEngine, type Where } from './client.js';
import { textOf } from './given-file.js';

/** Publishes the years of a file, JSON or YAML (K-10). */
export const publishCalendar = (file: string, where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    const { calendar, years, known } = await client.publishCalendar(parsed(file));
    const brought = (years as readonly string[]).join(', ');
    console.log(
      known
        ? `${String(calendar)} knows these years already; nothing was written.`
        : `${String(calendar)} is published with ${brought}. Provisional deadlines are being counted again.`,
    );
  });

/** Lists what is known of holidays, and how far deadlines have been counted again. */
export const listCalendars = (where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    for (const { calendar, years, since, source, recomputing } of await client.calendars()) {
      const span = `${years[0]}–${years.at(-1)}`;
      console.log(`${calendar}  ${span}  ${since === undefined ? 'from the beginning' : `since ${since}`}  ${source}`);
      if (recomputing === undefined) continue;
      const { state, cases, moved, failed } = recomputing;
      console.log(
        `  counting deadlines again (${state}): ${cases} cases seen, ${moved} moved, ${failed} to be tried again`,
      );
    }
  });

/** Checks a pack without any engine. @throws CliError naming every fault with file, line and column */
export function checkPack(file: string): void {
  const { id, version, clocks } = checked(file);
  console.log(`${file} is right: pack ${id}, version ${version}, ${clocks.length} clocks.`);
}

/** Says what the second pack rules otherwise than the first; a published one is named `pack@version`. */
export async function diffPacks(before: string, after: string, where: Where): Promise<void> {
  const [from, to] = [await packText(before, where), await packText(after, where)];
  const lines = packDifferences(from, to);
  console.log(lines.length === 0 ? 'They rule the same.' : lines.join('\n'));
}

export interface PublishOptions extends Where {
  readonly effective?: string;
}

/** A-7: announces a version of a pack. */
export async function publishPack(file: string, { effective, ...where }: PublishOptions): Promise<void> {
  checked(file);
  const text = textOf(file);
  await withEngine(where, async (client) => {
    const pack = { text, fileName: basename(file), ...(effective === undefined ? {} : { effectiveFrom: effective }) };
    const { pack: id, version, effectiveFrom, known } = await client.publishPack(pack);
    const what = `${String(id)} ${String(version)}`;
    console.log(
      known
        ? `${what} is on record already; nothing was written. It takes effect at ${String(effectiveFrom)}.`
        : `${what} is announced and takes effect at ${String(effectiveFrom)}.`,
    );
  });
}

/** Lists the packs with their versions. */
export const listPacks = (where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    for (const { pack, name, byDefault, versions } of await client.packs()) {
      console.log(
        `${pack}  ${String(name['en'])} ${String(name['zh'])}${byDefault ? '  (of cases that name none)' : ''}`,
      );
      for (const { version, state, announcedAt, effectiveFrom } of versions) {
        console.log(`  ${version}  ${state.replace('_', ' ')}  from ${effectiveFrom}, announced ${announcedAt}`);
      }
    }
  });

const PUBLISHED = /^([\w.-]+)@([\w.-]+)$/;

async function packText(name: string, where: Where): Promise<string> {
  const published = PUBLISHED.exec(name);
  if (published === null) {
    checked(name);
    return textOf(name);
  }
  let text = '';
  await withEngine(where, async (client) => void (text = await client.packText(published[1]!, published[2]!)));
  return text;
}

function checked(file: string): ReturnType<typeof loadPack> {
  try {
    return loadPack(textOf(file), file);
  } catch (error) {
    if (error instanceof WrongPack) throw new CliError(error.faults.join('\n'));
    throw error;
  }
}

function parsed(file: string): unknown {
  try {
    return parse(textOf(file)) as unknown;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new CliError(`${file} is neither YAML nor JSON: ${error.message}`);
    throw error;
  }
}
