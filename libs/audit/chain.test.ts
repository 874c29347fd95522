import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chainHash, foreignHash, GENESIS, isForeign, sealMetadata, verifyChain, type ChainedEvent } from './chain.js';

type Mutable = { -readonly [K in keyof ChainedEvent]: ChainedEvent[K] };

/** A stream of ours with texts of any kind, some events foreign. */
function chained(texts: readonly string[], foreignAt: ReadonlySet<number> = new Set()): Mutable[] {
  let prev = GENESIS;
  return texts.map((text, revision) => {
    const event = {
      id: randomUUID(),
      stream: 'case-1',
      revision,
      type: 'NoteAdded',
      data: Buffer.from(JSON.stringify({ text })),
    };
    if (foreignAt.has(revision)) {
      const foreign = { ...event, metadata: Buffer.from('{"made":"elsewhere"}') };
      prev = foreignHash(foreign, prev);
      return foreign;
    }
    const { metadata, hash } = sealMetadata(event, JSON.stringify({ v: 1, actor: { id: 'a' }, prev }));
    prev = hash;
    return { ...event, metadata };
  });
}

const texts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 });

describe('EVENTS 3: the hash chain', () => {
  test('holds over any texts, and over foreign events in between', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(5)), (said, foreign) => {
        const report = verifyChain(chained(said, new Set(foreign)));
        expect(report.faults).toEqual([]);
        expect(report.foreign).toEqual([...new Set(foreign)].filter((at) => at < said.length).sort());
      }),
    );
  });

  test('breaks wherever one bit of data, metadata, id or type is flipped', () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(),
        fc.nat(),
        fc.nat(7),
        fc.constantFrom('data', 'metadata', 'id', 'type'),
        (said, which, where, bit, field) => {
          const events = chained(said);
          const event = events[which % events.length]!;
          const bytes = Buffer.from(event[field as 'data']);
          bytes[where % bytes.length]! ^= 1 << bit;
          (event as Record<string, unknown>)[field] =
            typeof event[field as 'id'] === 'string' ? bytes.toString('latin1') : bytes;
          expect(verifyChain(events).faults).not.toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('breaks where an event is taken out, put in, or two change places', () => {
    const events = chained(['a', 'b', 'c', 'd']);
    const renumbered = (list: readonly Mutable[]) => list.map((event, revision) => ({ ...event, revision }));
    const [a, b, c, d] = events as [Mutable, Mutable, Mutable, Mutable];
    for (const forged of [[a, c, d], renumbered([a, c, d]), renumbered([a, c, b, d]), renumbered([a, b, b, c, d])]) {
      expect(verifyChain(forged).faults).not.toEqual([]);
    }
  });

  test('a foreign event that is altered breaks the link of the next event of ours', () => {
    const events = chained(['a', 'b', 'c'], new Set([1]));
    events[1]!.data = Buffer.from('{"text":"x"}');
    expect(verifyChain(events).faults).toEqual([{ fault: 'unlinked', revision: 2 }]);
  });

  test('an event of ours whose seal was broken does not pass for a foreign one', () => {
    const event = chained(['a'])[0]!;
    const broken = Buffer.from(Buffer.from(event.metadata).toString().replace('"hash"', '"hush"'));
    expect(isForeign(broken)).toBe(false);
    expect(verifyChain([{ ...event, metadata: broken }]).faults).toEqual([{ fault: 'altered', revision: 0 }]);
  });

  test('the lengths of the fields are part of the hash: moving a byte from one field to the next changes it', () => {
    const one = {
      id: 'ab',
      stream: 's',
      revision: 0,
      type: 'c',
      data: Buffer.from(''),
      metadata: chained(['a'])[0]!.metadata,
    };
    expect(chainHash(one)).not.toBe(chainHash({ ...one, id: 'a', type: 'bc' }));
  });
});
