import { loadPack } from '#policy';
import { PLAIN } from './plain-pack.js';

/** A pack in which clocks do all that clocks can do: for properties that must hold whatever a pack says. */
const CLOCKS = `
immediately: { tolerance: 30m, source: '·' }
promises: { warnAt: [50], source: '·' }
priorities:
  - { id: high, priority: high, when: case.severity == "major", source: '·' }
  - { id: low, priority: low, when: 'true', source: '·' }
forms:
  - id: opinion
    label: { zh: 意见, en: Opinion }
    fields:
      - { id: pleased, label: { zh: 满意, en: Pleased }, type: yes_no, required: true }
      - { id: words, label: { zh: 意见, en: Words }, personal: true }
    source: '·'
repeats:
  - { id: same, label: { zh: 重复, en: Same }, same: [category], source: '·' }
clocks:
  - id: by-severity
    label: { zh: 按级, en: By severity }
    countsFrom: occurred
    budget: 2d
    budgets: [{ when: case.severity == "major", budget: PT4H }, { when: case.severity == "important", budget: 1bd }]
    calendar: china-office
    startsOn: [{ event: CaseReceived }]
    metBy: [{ event: ReplyGiven }]
    cancelledBy: [{ event: CaseDeclined }, { event: CaseWithdrawn }]
    pausedBy: [{ event: WaitingStarted }]
    resumedBy: [{ event: WaitingEnded }]
    onPriorityChange: retroactive
    warnAt: [50, 90]
    owedBy: [owner, unit, head]
    source: '·'
  - id: solution
    label: { zh: 解决, en: Solution }
    countsFrom: accepted
    budget: PT16H
    budgets: [{ when: case.persons >= 3, budget: PT8H }]
    calendar: china-office
    startsOn: [{ event: CaseAccepted }]
    metBy: [{ event: CaseResolved }]
    cancelledBy: [{ event: CaseWithdrawn }]
    pausedBy: [{ event: WaitingStarted, when: event.waitingFor == "customer" }]
    resumedBy: [{ event: WaitingEnded }]
    onReopening: continue
    onPriorityChange: from_now
    warnAt: [75]
    source: '·'
  - id: progress
    label: { zh: 进展, en: Progress }
    countsFrom: event
    budget: 1d
    startsOn: [{ event: CaseAccepted }]
    restartsOn:
      - { event: ProgressReported, when: event.toCustomer }
      - { event: DeadlineMissed, when: event.clock == "progress" && event.run < 9 }
    metBy: [{ event: ProgressReported, when: event.toCustomer }]
    cancelledBy: [{ event: CaseResolved }, { event: CaseWithdrawn }]
    pausedBy: [{ event: WaitingStarted }]
    resumedBy: [{ event: WaitingEnded }]
    onReopening: restart
    source: '·'
  - id: after-solution
    label: { zh: 之后, en: After the solution }
    countsFrom: event
    budget: 1mo
    calendar: china-office
    startsOn: [{ event: DeadlineMet, when: event.clock == "solution" }, { event: DeadlineMissed, when: event.clock == "by-severity" }]
    restartsOn: [{ event: CaseReopened }]
    metBy: [{ event: ReturnVisitMade }]
    source: '·'
  - id: report
    label: { zh: 报备, en: Report }
    countsFrom: recorded
    budget: immediately
    startsOn: [{ event: SeverityRaised }]
    restartsOn: [{ event: SeverityRaised }]
    metBy: [{ event: CaseReportedUp }]
    cancelledBy: [{ event: SeverityLowered }]
    owedBy: [receiver]
    source: '·'
escalations:
  - id: grave
    label: { zh: 重大, en: Grave }
    on: [{ event: SeverityRaised }]
    levels: [{ to: [head], acknowledgeWithin: 2h }, { to: [leaders], acknowledgeWithin: 1bd, calendar: china-office }]
    source: '·'
  - id: late
    label: { zh: 超时, en: Late }
    on: [{ event: DeadlineWarned, when: event.percent >= 90 }, { event: DeadlineMissed, when: event.clock != "escalation" }]
    levels: [{ to: [owner, unit], acknowledgeWithin: 1d }, { to: [head], acknowledgeWithin: 1d }, { to: [leaders] }]
    source: '·'
`;

const [before, after] = [PLAIN.slice(0, PLAIN.indexOf('clocks:\n')), PLAIN.slice(PLAIN.indexOf('compensation:'))];

export const RICH = `${before}${CLOCKS}${after}`;

export const richPack = loadPack(RICH, 'rich.yaml');
