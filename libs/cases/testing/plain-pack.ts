import { loadPack } from '#policy';

/** A pack with little in it: what commands do is tested apart from what an organisation's own pack makes of it. */
export const PLAIN = `
id: group
version: '1'
name: { zh: 集团客户服务中心, en: Group customer service centre }

categories:
  - id: engineering_quality
    label: { zh: 工程质量, en: Engineering quality }
  - id: sales_management
    label: { zh: 销售管理, en: Sales management }
  - id: property_management
    label: { zh: 物业管理, en: Property management }
  - id: customer_service
    label: { zh: 客户服务, en: Customer service }
  - id: other
    label: { zh: 其他, en: Other }

severities:
  - { id: S-1.litigation, severity: major, when: '"litigation" in case.circumstances', source: 'S-1 [G]' }
  - { id: S-1.media, severity: major, when: '"media" in case.circumstances', source: 'S-1 [G]' }
  - { id: S-1.ten-persons, severity: major, when: case.persons >= 10, source: 'S-1 [G]' }
  - { id: S-1.three-persons, severity: important, when: case.persons >= 3, source: 'S-1 [G]' }

clocks:
  - id: K-1
    label: { zh: 首次答复, en: First reply }
    when: case.kind == "complaint"
    countsFrom: recorded
    budget: 2d
    startsOn: [{ event: CaseReceived }, { event: CaseClassified, when: has(event.kind) }]
    metBy: [{ event: ReplyGiven }, { event: CaseReceived, when: has(event.answeredAtOnce) }]
    cancelledBy:
      - { event: CaseDeclined }
      - { event: CaseWithdrawn }
      - { event: CaseClosed }
      - { event: CaseClassified, when: case.kind != "complaint" }
    source: 'K-1 [G]'

compensation:
  currency: CNY
  matrix:
    - { id: H-5.small, upToCents: 500000, severities: [general, important], approverRole: supervisor, source: '·' }
    - { id: H-5.large, approverRole: administrator, source: '·' }

requirements:
  - id: V-1
    label: { zh: 回访, en: Return visit }
    before: [CloseCase]
    when: case.kind == "complaint"
    that: case.visitsReached >= 1 || case.visits >= 3
    code: RETURN_VISIT_MISSING
    source: 'V-1 [G]; attempts ·'
`;

export const plainPack = loadPack(PLAIN, 'plain.yaml');
