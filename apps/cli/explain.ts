import type { ClockExplanation } from '#cases';
import { CliError, withEngine, type TimelineOrder, type Where } from './client.js';
import { explanationText } from './explanation-text.js';

export interface ExplainOptions extends Where {
  readonly by: TimelineOrder['by'];
  readonly asOf?: string;
  readonly run?: string;
  readonly zone: string;
  readonly json?: boolean;
}

/** K-9 in the terminal: one clock of a case, or all of them. */
export async function explain(caseId: string, clock: string | undefined, options: ExplainOptions): Promise<void> {
  const { by, asOf, run, zone, json } = options;
  await withEngine(options, async (client) => {
    const { items, ...of } = await client.explanation(caseId, { by, ...(asOf === undefined ? {} : { asOf }) });
    const chosen = items.filter(
      (it) => (clock === undefined || it.clock === clock) && (!run || it.run === Number(run)),
    );
    if (chosen.length === 0) throw new CliError(noneOf(clock, run, items));
    if (json === true) return console.log(JSON.stringify({ ...of, items: chosen }, null, 2));
    const at = timesIn(zone);
    console.log(`case ${of.ref} (${of.caseId}) as of ${at(of.at)}, by ${of.by} time; times in ${zone}`);
    for (const it of chosen) console.log(`\n${explanationText(it, at)}`);
  });
}

function noneOf(clock: string | undefined, run: string | undefined, items: readonly ClockExplanation[]): string {
  if (items.length === 0) return 'No clock has run on this case.';
  const there = items.map((it) => (it.runs > 1 ? `${it.clock} (run ${it.run})` : it.clock)).join(', ');
  const asked = [clock, run === undefined ? undefined : `run ${run}`].filter(Boolean).join(', ');
  return `The case has no clock ${asked}; it has ${there}.`;
}

/** An instant as the clock on the wall of a zone shows it. @throws CliError for a zone that does not exist */
function timesIn(zone: string): (at: string) => string {
  try {
    // Sweden writes dates as ISO 8601 does.
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short' });
    return (at) => `${format.format(Date.parse(at))} ${day.format(Date.parse(at))}`;
  } catch {
    throw new CliError(`There is no zone "${zone}": take an IANA name, e.g. Asia/Shanghai or Europe/Berlin.`);
  }
}
