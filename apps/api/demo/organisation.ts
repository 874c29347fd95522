import { ENGINE, isRefusal, newId, refuse, type Clock } from '#kernel';
import {
  importOrganisation,
  Organisation,
  readOrganisation,
  type Directory,
  type OrganisationCommand,
} from '#organisation';
import type { Engine } from '../engine/engine.js';

/** The invented organisation: every post that the pack of the demo names is held, so that each duty is somebody's. */
const ORGANISATION = `zone: Asia/Shanghai
posts:
  - { post: unit_head, label: { zh: 部门负责人, en: Head of unit } }
  - { post: first_responsible, label: { zh: 第一责任人, en: First responsible }, single: true, neededIn: all }
  - { post: liaison, label: { zh: 联络人, en: Liaison }, single: true, neededIn: [property_company], inWriting: true }
  - { post: service_centre_head, label: { zh: 客服中心负责人, en: Head of the service centre } }
  - { post: company_leaders, label: { zh: 公司领导, en: Company leaders } }
  - { post: group_leaders, label: { zh: 集团领导, en: Group leaders } }
units:
  - { unit: service-centre, label: { zh: 客户服务中心, en: Service centre }, kind: centre, pack: group }
  - { unit: engineering, label: { zh: 工程部, en: Engineering }, kind: department, pack: group }
  - { unit: property, label: { zh: 物业公司, en: Property company }, kind: property_company, pack: group }
  - { unit: sales, label: { zh: 销售部, en: Sales }, kind: department, pack: group }
holders:
  - { post: service_centre_head, person: 沈青 Shen Qing }
  - { post: company_leaders, person: 顾远 Gu Yuan }
  - { post: group_leaders, person: 董岩 Dong Yan }
  - { post: unit_head, unit: service-centre, person: 沈青 Shen Qing }
  - { post: unit_head, unit: engineering, person: 贺川 He Chuan }
  - { post: unit_head, unit: property, person: 白露 Bai Lu }
  - { post: unit_head, unit: sales, person: 江帆 Jiang Fan }
  - { post: first_responsible, unit: service-centre, person: 沈青 Shen Qing }
  - { post: first_responsible, unit: engineering, person: 贺川 He Chuan }
  - { post: first_responsible, unit: property, person: 白露 Bai Lu }
  - { post: first_responsible, unit: sales, person: 江帆 Jiang Fan }
  - { post: liaison, unit: property, person: 唐宁 Tang Ning }
`;

/**
 * Imports the organisation under the clock of the demo: who held a post weeks ago is what was on record weeks ago.
 * @throws Error where a row is not taken
 */
export async function importDemoOrganisation(engine: Engine, clock: Clock): Promise<void> {
  const { store, vault, directory } = engine;
  const organisation = await Organisation.open({ store, vault, clock, onFailure: (error) => void raise(error) });
  try {
    const { rows } = await importOrganisation(readOrganisation(ORGANISATION, 'yaml'), {
      personOf: (name) => personIn(directory, name) ?? refuse('PERSON_UNKNOWN', { person: name }),
      createPerson: async (name) => (await directory.addPerson({ kind: 'person', name })).id,
      send: (order) => organisation.execute(order, origin()),
    });
    const rejected = rows.filter(({ status }) => status === 'rejected');
    if (rejected.length > 0) throw new Error(`the organisation of the demo is wrong: ${JSON.stringify(rejected)}`);
  } finally {
    await organisation.close();
  }
  // What is known already is recorded by nobody, but whoever sends it has read the log up to there.
  const known: OrganisationCommand = { name: 'DefinePost', command: { post: 'service_centre_head', label: LABEL } };
  const outcome = await engine.organisation.execute(known, origin());
  if (isRefusal(outcome)) throw new Error(`the organisation of the demo cannot be read: ${outcome.code}`);
}

const LABEL = { zh: '客服中心负责人', en: 'Head of the service centre' };

const origin = () => ({ actor: ENGINE, commandId: newId(), digest: 'demo', correlationId: 'demo' });

const personIn = (directory: Directory, name: string): string | undefined =>
  directory.listPeople().find((person) => person.name === name)?.id;

function raise(error: unknown): never {
  throw error;
}
