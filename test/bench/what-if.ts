// What-if over a history, in a process of its own: `what-if.js <folder> <cases>`, the folder filled by `dataset.js`.
import { caseAggregate, caseStream, compareCase, DifferenceCounter, type RecordedCaseEvent } from '#cases';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { decodeEvent, deriveId } from '#kernel';
import { groupPack } from '#policy';
import { packWith } from '#policy/testing';

const [folder, count] = [process.argv[2]!, Number(process.argv[3])];
const UNTIL = '2026-12-31T00:00:00.000Z';
const rules = { before: groupPack(), after: packWith('group', 'budget: 2d', 'budget: 1d') };

const reader = await openEmbeddedEventReader({ folder });
const idOf = (n: number): string => deriveId(Buffer.from('bench'), String(n));
async function eventsOf(caseId: string): Promise<readonly RecordedCaseEvent[]> {
  const stored = await reader.readStream(caseStream(caseId));
  return stored.flatMap((event) => decodeEvent(event, caseAggregate.upcasts) ?? []) as RecordedCaseEvent[];
}

const from = performance.now();
const counter = new DifferenceCounter();
for (let n = 0; n < count; n++) {
  const caseId = idOf(n);
  counter.count(compareCase(caseId, await eventsOf(caseId), rules, UNTIL));
}
const ms = performance.now() - from;
const fromReading = performance.now();
for (let n = 0; n < count; n++) await eventsOf(idOf(n));
const readMs = performance.now() - fromReading;
await reader.close();
const { cases, differing } = counter.sum();
console.log(JSON.stringify({ ms, readMs, cases, differing, rssMb: process.resourceUsage().maxRSS / 1024 }));
