import { basename } from 'node:path';
import type { CaseDifference } from '#cases';
import type { WhatIf } from '../api/rules/what-if.js';
import { CliError, connect, type Where } from './client.js';
import { textOf } from './given-file.js';

export interface WhatIfOptions extends Where {
  readonly pack: string;
  readonly from?: string;
  readonly to?: string;
  readonly of?: string;
  readonly json?: boolean;
}

/** `redress whatif`: which verdicts and severities would differ under another pack, case by case and in sum. */
export async function whatIf({ pack, from, to, of, json, ...where }: WhatIfOptions): Promise<void> {
  const client = await connect(where);
  try {
    const asked = {
      text: textOf(pack),
      fileName: basename(pack),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(of === undefined ? {} : { of }),
    };
    const answer = await client.whatIf(asked, (sum) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${sum.cases} cases, ${sum.differing} would differ`);
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    if (answer.state === 'failed') throw new CliError(`It failed: ${answer.failure}`);
    console.log(json === true ? JSON.stringify(answer, undefined, 2) : readable(answer));
  } finally {
    await client.close();
  }
}

function readable({ pack, of, sum, differences }: WhatIf): string {
  const lines = differences.flatMap(ofCase);
  const turns = [...Object.entries(sum.severities), ...Object.entries(sum.verdicts)];
  const left = sum.differing - differences.length;
  return [
    ...lines,
    ...(left > 0 ? [`… and ${left} more cases (the sum counts them)`] : []),
    ...(lines.length > 0 ? [''] : []),
    `${sum.cases} cases of ${of} under ${pack.id} ${pack.version}: ${sum.differing} would differ`,
    ...turns.map(([turn, count]) => `  ${String(count).padStart(6)}  ${turn}`),
  ].join('\n');
}

function ofCase({ caseId, severity, declined, runs, escalations }: CaseDifference): string[] {
  const told = [
    ...(severity === undefined ? [] : [`severity ${severity.before} → ${severity.after}`]),
    ...(declined === undefined ? [] : [declined.after ? 'would be declined' : 'would not be declined']),
    ...runs.map(
      ({ clock, run, before, after }) =>
        `${clock} run ${run}: ${before === undefined ? 'none' : `${before.state}, due ${before.dueAt}`} → ` +
        (after === undefined ? 'none' : `${after.state}, due ${after.dueAt}`),
    ),
    ...(escalations === undefined ? [] : [`escalations ${escalations.before} → ${escalations.after}`]),
  ];
  return [caseId, ...told.map((it) => `  ${it}`)];
}
