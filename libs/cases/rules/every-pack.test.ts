import { describe, expect, test } from '@jest/globals';
import { isRefusal, plusMs, type Refusal } from '#kernel';
import { matchesAmong, RepeatRules, type CountedCase, type PackField, type Policy } from '#policy';
import { PACKS, shippedPack } from '#policy/testing';
import {
  acceptCase,
  approveCompensation,
  CASE_KINDS,
  CHANNELS,
  closeCase,
  escalateCase,
  fillForm,
  makePromise,
  proposeCompensation,
  receiveCase,
  recordReturnVisit,
  recuseHandler,
  type CaseDecide,
} from '../index.js';
import { accepted, agent, by, HEADED, MONDAY, resolved, Story, supervisor, toldIn } from '../testing/index.js';

const DAY_MS = 86_400_000;
const CALL = { kind: 'complaint', channel: 'phone', content: '电梯坏了' } as const;
const received = (pack: Policy, more: object = {}): Story => {
  const story = new Story(pack);
  story.sends(receiveCase, { ...CALL, ...more } as never);
  return story;
};
/** The refusal, with the log as it was. */
function refusedBy<C>(story: Story, decide: CaseDecide<C>, command: C, actor = agent): Refusal {
  const before = story.desk.events;
  const answer = story.desk.send(decide, command, { actor });
  expect(story.desk.events).toEqual(before);
  if (!isRefusal(answer)) throw new Error('it was taken');
  return answer;
}

/** What somebody might fill in. */
function sample({ type, choices }: PackField): string | number | boolean {
  switch (type) {
    case 'number':
      return 7;
    case 'yes_no':
      return true;
    case 'date':
      return '2026-01-05';
    case 'instant':
      return MONDAY;
    case 'choice':
      return choices![0]!.id;
    case 'code':
      return 'code-1';
    default:
      return '私密的话';
  }
}

describe.each(PACKS)('%s', (id) => {
  const pack = shippedPack(id);

  test('I-1, I-2: a complaint in any form is recorded, with what was said and who said it', () => {
    for (const channel of CHANNELS) {
      const story = received(pack, { channel, complainant: { name: '王芳', phone: '13800138000' } });
      expect(story.last('CaseReceived').data).toMatchObject({
        channel,
        given: ['complainant.name', 'complainant.phone', 'complainant.contact', 'content'],
      });
    }
  });

  test('I-3: one that is entered late keeps when it happened and when it was recorded apart', () => {
    const story = new Story(pack);
    story.sends(receiveCase, { ...CALL, occurredAt: plusMs(MONDAY, -DAY_MS) } as never);
    expect(story.state).toMatchObject({ receivedAt: plusMs(MONDAY, -DAY_MS), recordedAt: MONDAY });
  });

  test('I-8: a category that is not in the tree of the pack is refused, and those it has are named', () => {
    const { code, facts } = refusedBy(new Story(pack), receiveCase, { ...CALL, category: 'no such thing' } as never);
    expect([code, facts['allowed']]).toEqual(['UNKNOWN_CATEGORY', pack.allowedCategories()]);
    for (const category of pack.allowedCategories()) received(pack, { category });
  });

  test('section 12: every form is filled by a command and kept; what must be filled is asked for, words are sealed', () => {
    for (const { id: form, fields } of pack.forms) {
      const values = Object.fromEntries(fields.map((field) => [field.id, sample(field)]));
      const story = CASE_KINDS.flatMap((kind) =>
        pack
          .allowedCategories()
          .map((category) =>
            received(pack, { kind, category, fields: id === 'laboratory' ? { in_writing: true } : {} }),
          ),
      ).find((it) => !isRefusal(it.desk.send(fillForm, { form, values })))!;
      const filled = [...story.last('FormFilled').data.given].sort();
      expect([form, filled]).toEqual([form, fields.map((field) => field.id).sort()]);
      expect(JSON.stringify(story.last('FormFilled').data)).not.toContain('私密');
      const required = fields.find((field) => field.required);
      if (required === undefined) continue;
      const { [required.id]: _left, ...rest } = values;
      expect([form, refusedBy(story, fillForm, { form, values: rest }).code]).toEqual([form, 'FIELDS_MISSING']);
    }
  });

  test('R-1: what the pack calls the same matches up to the end of its window and not behind it; the window is the pack’s', () => {
    for (const rule of pack.repeats) {
      const found = (of: typeof rule, beyondMs: number): number => {
        const rules = new RepeatRules([Object.create(pack, { repeats: { value: [of] } }) as Policy]);
        const [prepared] = rules.samenessesOf(id).flatMap((it) => rules.rulesOf(id, pack.version, it.id));
        const end = pack.windowOf(rule)?.after(MONDAY) ?? '2031-01-05T01:00:00.000Z';
        const cases = Array.from({ length: rule.atLeast }, (_, n): CountedCase => {
          const at = n === rule.atLeast - 1 ? plusMs(end, beyondMs) : plusMs(MONDAY, n);
          return { caseId: `${n}`, at, complainant: `${n}`, handled: [[MONDAY]] };
        });
        return matchesAmong(prepared!, cases).size;
      };
      expect([rule.id, found(rule, 0) > 0]).toEqual([rule.id, true]);
      if (rule.window === undefined) continue;
      expect([rule.id, found(rule, 1)]).toEqual([rule.id, 0]);
      expect([rule.id, found({ ...rule, window: '1h' }, 0)]).toEqual([rule.id, 0]);
      if (!rule.distinctComplainants) continue;
      expect([rule.id, found({ ...rule, atLeast: rule.atLeast + 1 }, 0)]).toEqual([rule.id, 0]);
    }
  });

  test('H-5: nobody approves what they proposed, under a second key either; who approves follows the matrix of the pack', () => {
    const matrix = pack.approval({ amountCents: 100, severity: 'general' });
    const approver = matrix.approverPost === undefined ? 'chen' : `head of ${matrix.approverPost}`;
    const story = received(pack.withPosts(HEADED), COMPLETE[id]);
    story.sends(acceptCase, {});
    const proposer = { actor: by('wang', 'administrator', 'key-1') };
    const { compensationId } = story.sends(proposeCompensation, { amountCents: 100 }, undefined, proposer) as {
      compensationId: string;
    };
    expect(story.last('CompensationProposed').data.ruling).toEqual(matrix);
    const again = refusedBy(story, approveCompensation, { compensationId }, by('wang', 'administrator', 'key-2'));
    expect(again.code).toBe('OWN_PROPOSAL');
    story.sends(approveCompensation, { compensationId }, undefined, { actor: by(approver, 'administrator') });
  });

  test('H-2: a handler who was recused takes no part any more', () => {
    const story = received(pack, COMPLETE[id]);
    story.sends(recuseHandler, { person: 'li', reasonCode: 'relative' }, undefined, { actor: supervisor });
    expect(refusedBy(story, acceptCase, {}, by('li')).code).toBe('HANDLER_RECUSED');
  });

  test('V-1: there is no return visit before a result', () => {
    const story = received(pack, COMPLETE[id]);
    story.sends(acceptCase, {});
    expect(refusedBy(story, recordReturnVisit, { channel: 'phone', reached: true }).code).toBe('CASE_IN_HANDLING');
  });

  test('H-8, K-3: a promise is a clock in every pack, and nothing closes while it is open', () => {
    const story = received(pack, COMPLETE[id]);
    story.sends(makePromise, { dueAt: plusMs(MONDAY, DAY_MS), text: 'x' });
    story.expects('promise', { state: 'running', dueAt: plusMs(MONDAY, DAY_MS) });
    story.desk.record(accepted(), resolved());
    expect(refusedBy(story, closeCase, {}).facts['open']).toContain('PROMISE_OPEN');
  });

  test('K-7, E-1: at the share of the time that the pack says its owner is warned; what can wait does so while the doors are closed', () => {
    const story = received(pack, { answeredAtOnce: true });
    story.sends(makePromise, { dueAt: plusMs(MONDAY, 4 * DAY_MS), text: 'x' });
    const [share] = pack.promises!.warnAt;
    story.passes(plusMs(MONDAY, (4 * DAY_MS * share!) / 100 + 1));
    expect(story.last('DeadlineWarned').data).toMatchObject({ clock: 'promise', percent: share });
    expect(toldIn(story).at(-1)).toMatch(/^K-[37].warned: owner/);
    const saturday = plusMs(MONDAY, 5 * DAY_MS);
    expect(pack.notices!.notBefore(saturday, true)).toBe(saturday);
    expect(pack.notices!.notBefore(saturday, false) > saturday).toBe(true);
    expect(pack.notices!.nextAfter(saturday)).toBe(plusMs(saturday, 15 * 60_000));
  });

  test('E-1: each level of a chain waits for an acknowledgement as long as the pack says, else the next is called in; the last waits on', () => {
    for (const { id: chain, levels } of pack.escalations) {
      const story = received(pack, COMPLETE[id]);
      story.sends(escalateCase, { reasonCode: 'person', chain });
      story.passes(plusMs(MONDAY, 90 * DAY_MS));
      const called = story.desk.events.flatMap((event) =>
        event.type === 'CaseEscalated' && event.data.chain === chain ? [event] : [],
      );
      expect([chain, called.map(({ data }) => data.level)]).toEqual([chain, levels.map((_, n) => n + 1)]);
      levels.slice(0, -1).forEach((_, n) => {
        const waited = pack.acknowledgeBy(chain, n + 1, {
          startsAt: called[n]!.meta.occurredAt,
          pauses: [],
          knownAt: MONDAY,
        });
        expect(waited).toMatchObject({ dueAt: called[n + 1]!.meta.occurredAt });
      });
    }
  });
});

/** What each pack asks for before a complaint is taken on. */
const COMPLETE: Readonly<Record<string, object>> = {
  dealer: {
    complainant: { name: '陈先生', phone: '13800000000' },
    fields: { model: 'X3', plate: '沪A12345' },
  },
};
