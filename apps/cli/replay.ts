import { createInterface } from 'node:readline/promises';
import type { TimelineEntry } from '../api/queries/timeline.js';
import { withEngine, type TimelineOrder, type Where } from './client.js';
import { shown } from './shown.js';

export interface ReplayOptions extends Where {
  readonly by: TimelineOrder['by'];
  readonly asOf?: string;
  readonly all?: boolean;
}

/** Steps through a case in the terminal, event by event with what each changed; at once where nobody is there to press a key. */
export async function replay(caseId: string, options: ReplayOptions): Promise<void> {
  await withEngine(options, async (client) => {
    const { by, asOf } = options;
    const entries = await client.timeline(caseId, { by, ...(asOf === undefined ? {} : { asOf }) });
    const terminal = options.all || !process.stdin.isTTY || !process.stdout.isTTY ? undefined : openTerminal();
    for (const [index, entry] of entries.entries()) {
      console.log(stepText(entry, index + 1, entries.length));
      const isLast = index === entries.length - 1;
      if (terminal && !isLast && (await terminal.question('— Enter for the next, q to end: ')).trim() === 'q') break;
    }
    terminal?.close();
  });
}

const openTerminal = () => createInterface({ input: process.stdin, output: process.stdout });

/** One event as people read it: what, when, who, under which policy, and every field that changed. */
export function stepText(entry: TimelineEntry, step: number, steps: number): string {
  const { actor, policy } = entry;
  const late = entry.occurredAt === entry.recordedAt ? '' : `, recorded ${entry.recordedAt}`;
  const lines = [
    `${step}/${steps}  #${entry.revision} ${entry.type}`,
    `    happened ${entry.occurredAt}${late}`,
    `    by ${actor.name ?? actor.id} (${actor.role}) under ${policy.pack} ${policy.version}${entry.rule ? `, rule ${entry.rule}` : ''}`,
    ...entry.changes.map(({ field, from, to }) => `    ${field}: ${shown(from)} → ${shown(to)}`),
  ];
  return lines.join('\n');
}
