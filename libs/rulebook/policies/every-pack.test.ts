import { describe, expect, test } from '@jest/globals';
import { ENGINE, isRefusal, plusMs } from '#kernel';
import { PACKS, shippedPack } from '#policy/testing';
import { publishPolicy, type PackHistory, type PublishPolicy } from './policy-stream.js';

const NOW = '2026-01-05T01:00:00.000Z';
const DAY_MS = 86_400_000;

describe.each(PACKS)('%s', (pack) => {
  const { version, notice } = shippedPack(pack);
  const durationMs = notice?.period.measure === 'elapsed' ? notice.period.durationMs : 0;

  const published = (noticeMs: number, asked: string) => {
    const announced = { version, sha256: 'a', announcedAt: NOW, effectiveFrom: NOW };
    const inForce: PackHistory = {
      versions: [{ ...announced, notice: { period: '14d', durationMs: noticeMs, source: notice!.source } }],
    };
    const next: PublishPolicy = { pack, version: 'next', text: '', sha256: 'b', effectiveFrom: asked };
    const facts = { at: NOW, actor: ENGINE, policy: null, newId: () => 'id', newKey: () => 'key' };
    const decided = publishPolicy(next, inForce, facts);
    return isRefusal(decided) ? decided.code : decided.result['effectiveFrom'];
  };

  test('A-7: what follows it is announced as long before as it says, not a millisecond less; the time is the pack’s', () => {
    expect(durationMs).toBe(14 * DAY_MS);
    const earliest = plusMs(NOW, durationMs);
    expect(published(durationMs, earliest)).toBe(earliest);
    expect(published(durationMs, plusMs(earliest, -1))).toBe('NOTICE_TOO_SHORT');
    expect(published(durationMs + 1, earliest)).toBe('NOTICE_TOO_SHORT');
  });
});
