import { newId, refuse, type Actor, type Refusal } from '#kernel';
import {
  importOrganisation,
  readOrganisation,
  type Directory,
  type FileFormat,
  type ImportSummary,
  type OrganisationCommand,
} from '#organisation';
import type { Rulebook } from '#rulebook';
import type { Engine } from '../engine/engine.js';

/** @returns PERSON_UNKNOWN for one whom the directory does not know */
export function strangerIn({ command }: OrganisationCommand, directory: Directory): Refusal | undefined {
  const { person, delegate } = command as { readonly person?: string; readonly delegate?: string };
  const known = new Set(directory.listPeople().map(({ id }) => id));
  const stranger = [person, delegate].find((id) => id !== undefined && !known.has(id));
  return stranger === undefined ? undefined : refuse('PERSON_UNKNOWN', { personId: stranger });
}

/** @returns UNKNOWN_PACK for a unit that would work under a pack nobody has published */
export function unknownPackIn({ command }: OrganisationCommand, { register }: Rulebook): Refusal | undefined {
  const { pack } = command as { readonly pack?: string };
  const known = [...register.versions().keys()];
  return pack === undefined || known.includes(pack) ? undefined : refuse('UNKNOWN_PACK', { pack, known });
}

export interface ImportOrder {
  readonly text: string;
  readonly format: FileFormat;
  readonly dryRun?: boolean;
  readonly createPeople?: boolean;
}

/** Brings an organisation file on record, row by row. @throws FileUnreadable */
export function importFile(
  { text, format, dryRun = false, createPeople = false }: ImportOrder,
  { organisation, directory, rulebook }: Engine,
  by: { readonly actor: Actor; readonly correlationId: string },
): Promise<ImportSummary> {
  const file = readOrganisation(text, format);
  const invented = new Map<string, string>();
  const trial = dryRun ? organisation.trial() : undefined;
  return importOrganisation(file, {
    personOf: (who) => invented.get(who) ?? personOf(who, directory),
    createPerson: createPeople
      ? async (name) => {
          const id = dryRun ? newId() : (await directory.addPerson({ kind: 'person', name })).id;
          if (dryRun) invented.set(name, id);
          return id;
        }
      : undefined,
    send: async (order) => {
      const unknown = unknownPackIn(order, rulebook);
      if (unknown !== undefined) return unknown;
      if (trial !== undefined) return trial(order, by.actor);
      return organisation.execute(order, { ...by, commandId: newId(), digest: '' });
    },
  });
}

/** By id, e-mail or name; two people of one name are told apart by the others. @returns PERSON_UNKNOWN, PERSON_AMBIGUOUS */
function personOf(who: string, directory: Directory): string | Refusal {
  const people = directory.listPeople().filter(({ kind }) => kind === 'person');
  const exact = people.find((it) => it.id === who || (it as { readonly email?: string }).email === who);
  if (exact !== undefined) return exact.id;
  const found = people.filter(({ name }) => name === who);
  if (found.length > 1) return refuse('PERSON_AMBIGUOUS', { person: who, personIds: found.map(({ id }) => id) });
  return found[0]?.id ?? refuse('PERSON_UNKNOWN', { person: who });
}
