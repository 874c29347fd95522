import { createHash } from 'node:crypto';
import type { Consumer } from './consumer.js';

/** Keys are pinned by the bucket that they fall into. */
const BUCKETS = 1_024;
const bucketOf = (key: string): number => createHash('md5').update(key).digest().readUInt32LE() % BUCKETS;

/**
 * Who gets what has a key, as EventStoreDB's pinned strategies assign it: a bucket that is nobody's goes to the consumer with the
 * fewest, and stays there while it is connected; a new consumer takes over what others have too many of.
 */
export class Pins {
  private readonly consumers: Consumer[] = [];
  private readonly owners = new Map<number, Consumer>();

  /** @param keysWith the keys of what is with a consumer now: what nothing is under way of is handed over first */
  add(added: Consumer, keysWith: (consumer: Consumer) => readonly string[]): void {
    this.consumers.push(added);
    const fair = Math.ceil(this.owners.size / this.consumers.length);
    for (const consumer of this.consumers) {
      const buckets = this.bucketsOf(consumer);
      if (consumer === added || buckets.length <= fair) continue;
      const underWay = new Map<number, number>();
      for (const bucket of keysWith(consumer).map(bucketOf)) underWay.set(bucket, (underWay.get(bucket) ?? 0) + 1);
      buckets.sort((a, b) => (underWay.get(a) ?? 0) - (underWay.get(b) ?? 0));
      for (const bucket of buckets.slice(0, buckets.length - fair)) this.owners.set(bucket, added);
    }
  }

  remove(removed: Consumer): void {
    const at = this.consumers.indexOf(removed);
    if (at >= 0) this.consumers.splice(at, 1);
    for (const bucket of this.bucketsOf(removed)) this.owners.delete(bucket);
  }

  /** There has to be a consumer. */
  ownerOf(key: string): Consumer {
    const bucket = bucketOf(key);
    const owner = this.owners.get(bucket);
    if (owner !== undefined) return owner;
    const counts = new Map<Consumer, number>();
    for (const each of this.owners.values()) counts.set(each, (counts.get(each) ?? 0) + 1);
    const count = (consumer: Consumer): number => counts.get(consumer) ?? 0;
    const chosen = this.consumers.reduce((least, next) => (count(next) < count(least) ? next : least));
    this.owners.set(bucket, chosen);
    return chosen;
  }

  private bucketsOf(consumer: Consumer): number[] {
    return [...this.owners].filter(([, owner]) => owner === consumer).map(([bucket]) => bucket);
  }
}
