import { describe, expect, test } from '@jest/globals';
import { hasStrace, judgeTrace, traceSyncs } from './fsync.js';

const traced = hasStrace() ? test : test.skip;

describe('issue 8: a sync of the log precedes each acknowledgement', () => {
  traced('under strace (skipped where strace is not installed: apt-get install strace)', () => {
    expect(traceSyncs(10)).toEqual({ acknowledged: 40, unsynced: [] });
  });

  const write = '11 pwrite64(20</data/log.db-wal>, "..mark.1...", 4096, 32) = 4096';
  const said = '10 write(1<pipe:[7]>, "acknowledged mark.1.\\n", 21) = 21';

  test('the judge sees an acknowledgement without, before and during a sync', () => {
    const sync = '11 fdatasync(20</data/log.db-wal>) = 0';
    const begun = '11 fdatasync(20</data/log.db-wal> <unfinished ...>';
    const ended = '11 <... fdatasync resumed>) = 0';
    const other = '11 fdatasync(21</data/log.db>) = 0';
    const unsynced = { acknowledged: 1, unsynced: ['mark.1.'] };
    for (const lines of [
      [write, said],
      [write, said, sync],
      [sync, write, said],
      [write, other, said],
    ])
      expect(judgeTrace(lines)).toEqual(unsynced);
    expect(judgeTrace([write, begun, said, ended])).toEqual(unsynced);
    expect(judgeTrace([begun, write, ended, said])).toEqual(unsynced);
    for (const lines of [
      [write, sync, said],
      [write, begun, ended, said],
    ])
      expect(judgeTrace(lines)).toEqual({ acknowledged: 1, unsynced: [] });
  });
});
