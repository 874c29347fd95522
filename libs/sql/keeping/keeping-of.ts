import { hostname } from 'node:os';
import type { Keeping } from './keeping.js';
import { KeepingAlone } from './alone.js';
import { KeepingDealt, type DealtOptions } from './dealt.js';
import type { SqlWriter } from '../writer.js';

/** Over a database that others may use, too, views are dealt out among those who keep them. */
export function keepingOf(writer: SqlWriter, options: Omit<DealtOptions, 'name'>): Keeping {
  const name = `${hostname()}:${process.pid}`;
  return writer.process === undefined
    ? new KeepingAlone(writer, options.projections, name)
    : new KeepingDealt(writer, { ...options, name });
}
