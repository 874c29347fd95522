import type { Directory } from '#organisation';
import type { TimelineEntry as Entry } from '#views/case-replay';

/** An entry with the name of who acted: the log knows ids only. */
export type TimelineEntry = Omit<Entry, 'actor'> & { readonly actor: Entry['actor'] & { readonly name?: string } };

export function withNames(entries: readonly Entry[], directory: Directory): TimelineEntry[] {
  const names = new Map(directory.listPeople().map(({ id, name }) => [id, name]));
  return entries.map((entry) => {
    const name = names.get(entry.actor.id);
    return name === undefined ? entry : { ...entry, actor: { ...entry.actor, name } };
  });
}
