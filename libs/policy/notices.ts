import { nextOpening } from '#calendar';
import { epochMs, instant, plusMs, type Instant } from '#kernel';
import type { Occurrence } from './conditions.js';
import type { Reckoning } from './reckoning.js';
import type { NoticeRule, NotificationsPart, NoticeTemplate, Words } from './schema/notifications.js';
import type { ClockOfEveryCase, PackSeverity } from './vocabulary.js';

/** What a pack says of notifications: who is told of what, in which words, and when not. */
export class Notices {
  private readonly templates: ReadonlyMap<string, NoticeTemplate>;

  constructor(
    private readonly part: NotificationsPart,
    private readonly reckoning: Reckoning,
  ) {
    this.templates = new Map(part.templates.map((template) => [template.id, template]));
  }

  get timeZone(): string {
    return this.part.timeZone;
  }

  get digestSubject(): Words {
    return this.part.digest.subject;
  }

  /** The types of event that any rule speaks of. */
  get eventTypes(): readonly string[] {
    return [...new Set(this.part.rules.flatMap(({ on }) => on.map(({ event }) => event)))];
  }

  /** I-12, K-4, K-7, E-1: the rules that an event meets, in the order of the pack. */
  rulesOn(occurrence: Occurrence): readonly NoticeRule[] {
    return this.part.rules.filter(({ on }) => triggers(on, occurrence));
  }

  template(id: string): NoticeTemplate | undefined {
    return this.templates.get(id);
  }

  severityLabel(severity: PackSeverity): Words {
    return this.part.labels.severities[severity];
  }

  clockLabel(clock: string): Words | undefined {
    return Object.hasOwn(this.part.labels.clocks, clock)
      ? this.part.labels.clocks[clock as ClockOfEveryCase]
      : undefined;
  }

  /** The first instant from `at` on that is not quiet; `at` itself for what is urgent. */
  notBefore(at: Instant, urgent: boolean): Instant {
    const name = this.part.quietOutside?.calendar;
    if (urgent || name === undefined) return at;
    const opening = nextOpening(this.reckoning.calendar(name, at), epochMs(at));
    return opening === undefined ? at : instant(opening);
  }

  /** E-1: when the next message to somebody may follow one that went out at `sentAt`. */
  nextAfter(sentAt: Instant): Instant {
    const { every } = this.part.digest;
    return plusMs(sentAt, 'durationMs' in every ? every.durationMs : 0);
  }
}

type Trigger = NoticeRule['on'][number];

/** Whether the event is one of those listed: any of them will do. */
const triggers = (list: readonly Trigger[], occurrence: Occurrence): boolean =>
  list.some(({ event, when }) => event === occurrence.type && (when === undefined || when.holds(occurrence)));
