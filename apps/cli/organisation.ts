import type { Command } from 'commander';
import type { FileFormat, ImportSummary } from '#organisation';
import type { Finding, ShownHolder, ShownOrganisation, ShownUnit } from '../api/organisation/shown.js';
import { CliError, withEngine, type AskedMoment, type EngineClient, type Where } from './client.js';
import { textOf } from './given-file.js';

interface ImportOptions extends Where {
  readonly dryRun?: boolean;
  readonly createPeople?: boolean;
}

const ABOUT_FILES = `
A YAML file says posts, units, holders and absences; days are those of its zone (Asia/Shanghai where it says none), and
the last day of a time is in it:
  zone: Asia/Shanghai
  posts:
    - { post: first_responsible, label: { zh: 第一责任人 }, single: true, neededIn: all }
    - { post: liaison, single: true, neededIn: [property_company, branch], inWriting: true }
  units:
    - { unit: property, label: { zh: 物业公司 }, kind: property_company, parent: group, pack: group }
  holders:
    - { post: liaison, unit: property, person: 王芳, from: 2026-01-01 }
    - { post: liaison, unit: property, person: 李强, from: 2026-06-01, change: true, reason: 王芳调往总部 }
  absences:
    - { person: 李强, delegate: 王芳, from: 2026-07-01, to: 2026-07-14 }
A CSV file has the columns what (post, unit, holder, absence), post, unit, label_zh, label_en, parent, kind, pack, single,
needed_in, in_writing, person, delegate, from, to, change, reason, as many as it needs.
People are found by name, e-mail or id. Running it again adds nothing.`;

/** `redress organisation show|check|import`. */
export function addOrganisation(program: Command, withWhere: (command: Command) => Command): void {
  const organisation = program.command('organisation').description('Units, posts, who holds them and who stands in.');
  withWhere(organisation.command('show'))
    .description('The units with who holds their posts.')
    .option('--at <instant>', 'on that day, e.g. 2026-01-05T08:00:00+08:00')
    .option('--known <instant>', 'as it was on record then')
    .action((options: Where & AskedMoment) => withEngine(options, (engine) => show(engine, options)));
  withWhere(organisation.command('check'))
    .description('Posts that must be held and are not; ends with 2 where there are any.')
    .action((options: Where) => withEngine(options, check));
  withWhere(organisation.command('import <file>'))
    .description('Brings a YAML or CSV file on record, row by row; a row that is not taken is named with its line.')
    .option('--dry-run', 'says what would become of each row, and records nothing')
    .option('--create-people', 'makes people whom the directory does not know')
    .addHelpText('after', ABOUT_FILES)
    .action((file: string, options: ImportOptions) => importFile(file, options));
}

async function show(engine: EngineClient, { at, known }: AskedMoment): Promise<void> {
  const asked = { ...(at === undefined ? {} : { at }), ...(known === undefined ? {} : { known }) };
  for (const line of linesOf(await engine.organisation(asked))) console.log(line);
}

function linesOf({ units, holders, absences }: ShownOrganisation): readonly string[] {
  const away = absences.map(
    (it) => `${it.name ?? it.person} is away${until(it.to)}: ${it.delegateName ?? it.delegate}`,
  );
  const lines = [...holders.map((it) => heldLine(it)), ...units.flatMap((unit) => unitLines(unit, '')), ...away];
  return lines.length === 0 ? ['Nothing is on record of the organisation.'] : lines;
}

function unitLines({ unit, label, kind, pack, holders, children }: ShownUnit, indent: string): readonly string[] {
  const said = [label?.zh, label?.en, kind, pack].filter((it) => it !== undefined).join(' · ');
  return [
    `${indent}${unit}${said === '' ? '' : `  ${said}`}`,
    ...holders.map((it) => `${indent}  - ${heldLine(it)}`),
    ...children.flatMap((child) => unitLines(child, `${indent}  `)),
  ];
}

const heldLine = ({ post, name, person, to, standIn }: ShownHolder): string =>
  `${post}: ${name ?? person}${until(to)}${standIn ? ` (away: ${standIn.name ?? standIn.person})` : ''}`;

const until = (to: string | undefined): string => (to === undefined ? '' : ` until ${to}`);

async function check(engine: EngineClient): Promise<void> {
  const findings = await engine.checkOrganisation();
  for (const finding of findings) console.log(findingLine(finding));
  if (findings.length === 0) console.log('Every post that must be held is held.');
  else process.exitCode = 2;
}

function findingLine({ code, post, unit, person }: Finding): string {
  const place = unit === undefined ? '' : ` in ${unit}`;
  switch (code) {
    case 'NOBODY_HOLDS':
      return `${code}: nobody holds ${post}${place}`;
    case 'PACK_POST_NOT_HELD':
      return `${code}: the pack names ${post}, and nobody holds it`;
    case 'HOLDER_INACTIVE':
      return `${code}: ${post}${place} is held by ${person ?? ''}, who has left`;
    default:
      return code satisfies never;
  }
}

async function importFile(file: string, { dryRun, createPeople, ...where }: ImportOptions): Promise<void> {
  const order = { text: textOf(file), format: formatOf(file), ...given({ dryRun, createPeople }) };
  await withEngine(where, async (engine) => {
    const summary = await engine.importOrganisation(order);
    for (const line of summaryLines(summary, dryRun === true)) console.log(line);
    if (summary.rejected > 0) process.exitCode = 2;
  });
}

function summaryLines({ rows, recorded, known, rejected, peopleCreated }: ImportSummary, dry: boolean): string[] {
  const faults = rows.filter(({ status }) => status === 'rejected');
  const would = dry ? 'would be ' : '';
  return [
    ...faults.map(({ line, code, reason }) => `line ${line}: ${code ?? ''}: ${reason ?? ''}`),
    `${recorded} rows ${would}recorded, ${known} known already, ${rejected} rejected; ${peopleCreated} people ${would}made`,
  ];
}

function formatOf(file: string): FileFormat {
  if (/\.ya?ml$/i.test(file)) return 'yaml';
  if (/\.csv$/i.test(file)) return 'csv';
  throw new CliError(`${file} must end in .yaml, .yml or .csv.`);
}

const given = (flags: {
  dryRun: boolean | undefined;
  createPeople: boolean | undefined;
}): Partial<Record<keyof typeof flags, true>> =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value === true)) as never;
