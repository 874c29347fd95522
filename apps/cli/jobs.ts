import type { Command } from 'commander';
import { Option } from 'commander';
import { JOB_STATES } from '#jobs';
import { withEngine, type Where } from './client.js';

export interface JobsOptions extends Where {
  readonly queue?: string;
  readonly state?: string;
}

/** One line per job: when it is or was due, its queue, what became of it, its id, its trouble. */
async function list({ queue, state, ...where }: JobsOptions): Promise<void> {
  await withEngine(where, async (client) => {
    for (const { dueAt, queue: its, state: now, id, failures, lastError } of await client.jobs(queue, state)) {
      const trouble = lastError === undefined ? '' : `  ${lastError}, failed ${failures} times`;
      console.log(`${dueAt}  ${its}  ${now}  ${id}${trouble}`);
    }
  });
}

async function retry(id: string | undefined, { queue, ...where }: JobsOptions): Promise<void> {
  await withEngine(where, async (client) => {
    console.log(`${await client.retryJobs(id, queue)} jobs are tried again.`);
  });
}

export function addJobsCommands(program: Command, withWhere: (command: Command) => Command): void {
  const jobs = program.command('jobs').description('Shows work that is to be done and work that failed.');
  withWhere(jobs.command('list'))
    .description('Shows jobs, the latest due first.')
    .option('--queue <queue>', 'only of this queue, e.g. notifications')
    .addOption(new Option('--state <state>', 'only those').choices([...JOB_STATES]))
    .action((options: JobsOptions) => list(options));
  withWhere(jobs.command('retry [id]'))
    .description('Has a dead job tried again, or all that are dead.')
    .option('--queue <queue>', 'only of this queue')
    .action((id: string | undefined, options: JobsOptions) => retry(id, options));
}
