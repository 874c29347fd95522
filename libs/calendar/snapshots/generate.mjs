// Writes the newest snapshot of China's public holidays from the installed chinese-days, or with `--check` says whether the
// committed one still is what would be written: node libs/calendar/snapshots/generate.mjs [--check]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const require = createRequire(import.meta.url);
const { version } = require('chinese-days/package.json');
const { holidays, workdays } = require('chinese-days/dist/chinese-days.json');

const years = [...new Set(Object.keys(holidays).map((date) => Number(date.slice(0, 4))))].sort((a, b) => a - b);
// The notice for a year can name days of the year before and after: only National Day shows that its own is out.
const published = years.filter((year) => `${year}-10-01` in holidays);

/** 2026-02-15, 16, 17 → "02-15/02-17" */
function ranges(days, year) {
  const inYear = Object.keys(days)
    .filter((date) => date.startsWith(`${year}-`))
    .sort();
  const runs = [];
  for (const date of inYear) {
    const last = runs.at(-1);
    if (last && Date.parse(date) - Date.parse(last[1]) === 86_400_000) last[1] = date;
    else runs.push([date, date]);
  }
  return runs.map(([from, to]) => (from === to ? from.slice(5) : `${from.slice(5)}/${to.slice(5)}`));
}

const snapshot = {
  id: `cn-${published.at(-1)}`,
  country: 'CN',
  source: `chinese-days ${version}, from the yearly notices of the State Council`,
  published,
  years: Object.fromEntries(
    published.map((year) => [year, { holidays: ranges(holidays, year), workdays: ranges(workdays, year) }]),
  ),
};

const say = (text) => process.stdout.write(`${text}\n`);
const file = join(import.meta.dirname, `${snapshot.id}.json`);
const text = await format(JSON.stringify(snapshot), { ...(await resolveConfig(file)), parser: 'json' });
if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
  say(`${snapshot.id}.json written; list it in index.ts. Older snapshots stay: deadlines were set by them.`);
} else if (!existsSync(file)) {
  say(`chinese-days ${version} knows more than the snapshots: write ${snapshot.id}.json`);
  process.exitCode = 1;
} else if (JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) !== JSON.stringify(snapshot)) {
  say(`${snapshot.id}.json is not what chinese-days ${version} says`);
  process.exitCode = 1;
} else {
  say(`${snapshot.id}.json is what chinese-days ${version} says`);
}
