import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { isRefusal } from '#kernel';
import { loadPack, type ClockRule } from './index.js';
import { complaintLike, packText, PACKS, shippedPack } from './testing/index.js';

const WEDNESDAY = '2026-03-04T02:00:00.000Z';
const span = { startsAt: WEDNESDAY, pauses: [], knownAt: WEDNESDAY };

test('the packs of the documents and one of a regulator are shipped side by side', () => {
  expect(PACKS).toEqual(['crm', 'dealer', 'fca-disp', 'group', 'laboratory', 'property']);
  for (const id of PACKS) expect(shippedPack(id).id).toBe(id);
});

describe.each(PACKS)('%s', (id) => {
  const pack = shippedPack(id);
  const text = packText(id);

  test('every rule states its source; what is ours is marked ·', () => {
    const sourceless: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (Array.isArray(value)) return value.forEach((it, index) => look(it, `${path}.${index}`));
      if (typeof value !== 'object' || value === null) return;
      const fields = value as Record<string, unknown>;
      if ('id' in fields && ('budget' in fields || 'when' in fields || 'levels' in fields) && !('source' in fields)) {
        sourceless.push(path);
      }
      for (const [key, inner] of Object.entries(fields)) look(inner, `${path}.${key}`);
    };
    look(parse(text, { merge: true }), id);
    expect(sourceless).toEqual([]);
    for (const { id: clock, source } of pack.clocks) {
      expect([clock, source]).toEqual([clock, expect.stringMatching(/\[[A-Z](?: [A-Z])*\]|·|DISP/)]);
    }
  });

  test('a changed number changes when it is due: every budget is read from the pack', () => {
    const due = (clock: ClockRule, from = pack) => {
      const reckoned = from.reckon(clock, from.budgetOf(clock, complaintLike()), span);
      if (isRefusal(reckoned)) throw new Error(reckoned.code);
      return reckoned.dueAt;
    };
    const document = parse(text, { merge: true }) as { clocks: { budget: string }[] };
    pack.clocks.forEach((clock, index) => {
      const changed = structuredClone(document);
      changed.clocks[index]!.budget = '97d';
      const other = loadPack(JSON.stringify(changed), `${id}.yaml`);
      expect([clock.id, due(other.clock(clock.id)!, other)]).not.toEqual([clock.id, due(clock)]);
    });
  });

  test('what each clock escalates to, and each condition, can be asked of any case without failing', () => {
    const cases = [complaintLike(), complaintLike({ kind: 'request' }), complaintLike({ kind: 'visit' })];
    for (const asked of cases) {
      for (const command of ['AcceptCase', 'ResolveCase', 'CloseCase', 'ArchiveCase']) {
        expect(Array.isArray(pack.openRequirements(command, asked))).toBe(true);
        expect(Array.isArray(pack.openSteps(command, asked))).toBe(true);
      }
      expect(Array.isArray(pack.severityGrounds(asked))).toBe(true);
    }
  });
});
