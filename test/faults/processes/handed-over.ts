import { readLog } from '../../support/log.js';
import type { Fleet } from './fleet.js';

/** How long an import is kept once it is over. */
const KEPT_MS = 7 * 24 * 3_600_000;

export interface HandedOver {
  readonly id: string;
  /** By the test clock. */
  readonly at: string;
}

/** Several batches, so that the faults meet it in the middle. */
const CASES = 400;
const MAPPING = `
source: handed-over
version: 1
format: csv
caseKey: { columns: [no], rows: one }
dates: { formats: [yyyy-MM-dd], zone: Asia/Shanghai }
fields: { kind: { constant: complaint }, channel: { constant: phone }, subject: topic }
openedAt: opened
entries: [{ at: opened, state: state }]
states: { New: received }
`;

/** An import that any API process takes and any worker does, whatever happens to them meanwhile. */
export async function handOver(fleet: Fleet): Promise<HandedOver> {
  const rows = Array.from({ length: CASES }, (_, n) => `${n},门 ${n},2024-03-01,New`);
  const order = { what: 'cases', fileName: 'given.csv', mappingText: MAPPING };
  const id = (await fleet.post('/imports', order)).body.id as string;
  // Who got no answer sends it again, perhaps to another process: then it has its file already.
  await fleet.put(`/imports/${id}/file`, `no,topic,opened,state\n${rows.join('\n')}\nno row\n`);
  return { id, at: fleet.now };
}

/** Waits until it is over, time going on meanwhile. @returns what is not as it was handed over */
export async function handedOver(fleet: Fleet, { id, at }: HandedOver, patienceMs: number): Promise<string[]> {
  for (const untilMs = Date.now() + patienceMs; ;) {
    const { status, body } = await fleet.get(`/imports/${id}`);
    if (status === 404) {
      // The load moves time on, mostly by weeks: it is over, and so is its report's time.
      const isLongOver = Date.parse(fleet.now) > Date.parse(at) + KEPT_MS;
      return isLongOver ? [] : ['the import is not known though its time is not over'];
    }
    const { state, ...shown } = body;
    if (state === 'done') {
      const isWhole = shown.imported === CASES && shown.known + shown.refused === 0 && shown.rejectedRows === 1;
      return isWhole ? [] : [`the import came to ${JSON.stringify(shown)}`];
    }
    if (state === 'failed' || Date.now() > untilMs) return [`the import is ${state}: ${JSON.stringify(shown)}`];
    await fleet.post('/test-clock', { advanceMs: 10_000 });
  }
}

/** Every row is one case of the log. */
export async function importedTwice(fleet: Fleet, { id }: HandedOver): Promise<string[]> {
  const { recorded } = await readLog(fleet.services.endpoint.folder, fleet.services.endpoint.url);
  const begun = recorded.filter(({ revision, meta }) => revision === 0 && meta.correlationId === `import-${id}`);
  return begun.length === CASES ? [] : [`${CASES} rows made ${begun.length} cases`];
}
