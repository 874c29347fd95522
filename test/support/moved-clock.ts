// Loaded before a server by NODE_OPTIONS=--import: its wall clock and its monotonic clock are ahead of the machine's by what a
// file says, read each time it looks. So a test sets the clock of a running server, or lets a month pass while it is stopped.
import { readFileSync } from 'node:fs';

const file = process.env['MOVED_CLOCK_FILE'];
const wall = Date.now.bind(Date);
const monotonic = performance.now.bind(performance);

function ahead(): { readonly wallMs: number; readonly monotonicMs: number } {
  try {
    return JSON.parse(readFileSync(file!, 'utf8')) as { wallMs: number; monotonicMs: number };
  } catch {
    return { wallMs: 0, monotonicMs: 0 };
  }
}

Date.now = () => wall() + ahead().wallMs;
performance.now = () => monotonic() + ahead().monotonicMs;
