import { STATUS_CODES } from 'node:http';
import type { JsonObject, Refusal } from '#kernel';

/** A request that is answered with a problem (RFC 9457). Thrown at the edge only; the domain returns refusals. */
export class ProblemError extends Error {
  constructor(
    readonly code: string,
    readonly facts: JsonObject = {},
    detail?: string,
  ) {
    super(detail ?? detailOf(code, facts));
  }
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly facts: JsonObject;
  readonly correlationId?: string;
}

/**
 * Every code that does not mean 409 (a move that the case's state forbids), with its status and what to do about it.
 * Codes are stable: clients branch on them.
 */
const PROBLEMS: Readonly<Record<string, readonly [status: number, detail?: string]>> = {
  BROKEN_JSON: [400, 'The body is no JSON: check its syntax and its encoding (UTF-8).'],
  BAD_REQUEST: [400, 'The request cannot be read.'],
  BAD_URL: [400, 'The address cannot be decoded: check its percent-encoding.'],
  BAD_HEADER: [400, 'A header is not as it must be.'],
  CURSOR_MALFORMED: [400, 'This cursor is not of this query: take `next` of the page before.'],
  BAD_POSITION: [400, 'This is no position token: take one from an answer or from the feed.'],
  UNAUTHENTICATED: [401, 'Send a key as "Authorization: Bearer <key>", or sign in.'],
  SIGN_IN_LINK_UNKNOWN: [401, 'There is no such sign-in link: ask for another one.'],
  SIGN_IN_LINK_USED: [401, 'This sign-in link was used already: it works once. Ask for another one.'],
  SIGN_IN_LINK_EXPIRED: [401, 'The time of this sign-in link is over: ask for another one.'],
  FORBIDDEN: [403, 'Your role may not do this.'],
  CSRF_REFUSED: [403, 'A request by session cookie needs the header "X-Redress-CSRF: 1".'],
  HOST_REFUSED: [403, 'This server does not answer to that host name; REDRESS_PUBLIC_HOSTS names those it answers to.'],
  ROLE_NOT_ALLOWED: [403, 'Your role may not give this command.'],
  APPROVER_ROLE_NEEDED: [403, 'The ruling asks for a higher role to approve this.'],
  HANDLER_RECUSED: [403, 'Who is complained about takes no part in the case.'],
  OWN_PROPOSAL: [403, 'Nobody approves a proposal of their own.'],
  POST_NEEDED: [403, 'The pack names who does this step: those who hold the posts in facts.posts.'],
  APPROVER_POST_NEEDED: [403, 'The ruling names a post: only who holds it approves this.'],
  WITHHELD: [403, 'Your role may not see this.'],
  UNKNOWN_ROUTE: [404, 'There is nothing at this address; /docs lists what there is.'],
  CASE_NOT_FOUND: [404, 'There is no case with this id.'],
  CUSTOMER_NOT_FOUND: [404, 'There is no customer with this id.'],
  CLOCK_NOT_FOUND: [404, 'The case has no such clock, or no such run of it; facts.clocks names those it has.'],
  FORM_NOT_FOUND: [
    404,
    'The pack of the case has no such form, or it was not filled so often; facts say what there is.',
  ],
  ATTACHMENT_NOT_FOUND: [404, 'The case has no attachment with this id.'],
  ATTACHMENT_DAMAGED: [410, 'What is stored of the attachment is not what was stored.'],
  ATTACHMENT_ERASED: [410, 'The attachment was erased.'],
  PERSON_UNKNOWN: [404, 'There is no person with this id.'],
  KEY_UNKNOWN: [404, 'There is no key with this id.'],
  PROJECTION_NOT_FOUND: [404, 'There is no projection with this name.'],
  GROUP_NOT_FOUND: [404, 'There is no such consumer group; GET /consumer-groups lists those there are.'],
  JOB_UNKNOWN: [404, 'There is no job with this id.'],
  GROUP_EXISTS: [409, 'There is such a consumer group already: delete it first, or use it as it is.'],
  GROUP_REFUSED: [422, 'The event store takes no such group; facts.reason says why.'],
  STREAM_DELETED: [410, 'The stream was deleted for good.'],
  INVALID_ARGUMENT: [422, 'The event store takes no such argument.'],
  JOB_NOT_DEAD: [409, 'The job waits or was done: only what failed for good is tried again by hand.'],
  MESSAGE_UNKNOWN: [404, 'There is no notification message with this id.'],
  WHAT_IF_NOT_FOUND: [404, 'There is no such question, or it is too long ago: ask it again with POST /what-if.'],
  IMPORT_NOT_FOUND: [404, 'There is no such import, or it is too long ago: what it brought on record stays.'],
  IMPORT_HAS_FILE: [409, 'The import has its file already, or is over: begin another one with POST /imports.'],
  IMPORT_OVER: [409, 'The import is over: there is nothing left to cancel.'],
  MAPPING_INVALID: [422, 'The mapping cannot be used: facts say what is wrong, or which ones ship.'],
  POLICY_NOT_FOUND: [404, 'There is no such version of such a pack; GET /policies lists those there are.'],
  NO_TEST_CLOCK: [404, 'This server runs on real time: start it with REDRESS_TEST_CLOCK to move time.'],
  METHOD_NOT_ALLOWED: [405, 'This address does not know that method; the header Allow names those it knows.'],
  MESSAGE_NOT_DEAD: [
    409,
    'Only what failed for good is tried again by hand: this message was sent, or is still tried.',
  ],
  FOREIGN_POSITION: [409, 'The position is of another log: begin again.'],
  POSITION_AHEAD: [409, 'The position lies beyond the end of the log.'],
  POSITION_LOST: [
    409,
    'The log was restored from a backup that ends before this position: what you read behind it did not survive. Begin again.',
  ],
  PRECONDITION_FAILED: [412, 'Somebody changed the case since: read it again and decide anew.'],
  TOO_LARGE: [413, 'The body is larger than allowed.'],
  EVENT_TOO_LARGE: [413, 'This is more than one event may hold: send less, or send it as an attachment.'],
  URL_TOO_LONG: [414, 'The address is longer than allowed.'],
  WRONG_CONTENT_TYPE: [415, 'Send the body as application/json.'],
  VALIDATION_FAILED: [422, 'The request is not as it must be; facts.errors lists each field.'],
  MALFORMED_TEXT: [422, 'A text holds half a character (a lone surrogate), which no log can carry.'],
  IDEMPOTENCY_KEY_REUSED: [422, 'This idempotency key came with another body before: take a fresh one.'],
  UNKNOWN_PACK: [422, 'There is no such policy pack; facts name those there are.'],
  UNKNOWN_VERSION: [422, 'The pack has no such version; facts name those it has.'],
  NOT_IN_FORCE_YET: [422, 'This version is only announced: it rules from facts.effectiveFrom on.'],
  PACK_WRONG: [422, 'The pack is wrong; facts.faults lists every fault with line and column. Nothing of it is used.'],
  VERSION_PUBLISHED: [
    422,
    'This version is on record with another text, which stays as it is: give the changed pack a version of its own.',
  ],
  NOTICE_TOO_SHORT: [
    422,
    'Changes are announced before they take effect: facts.earliest is the first instant allowed.',
  ],
  EARLIER_THAN_ANNOUNCED: [
    422,
    'A version that is announced already takes effect later than this: take that instant or a later one.',
  ],
  EFFECTIVE_AT_ONCE: [422, 'The first version of a pack takes effect at once: leave effectiveFrom out.'],
  MOVED_IN_THE_PAST: [422, 'A case is moved from now on: leave occurredAt out.'],
  CALENDAR_WRONG: [422, 'The calendar is wrong; facts.faults lists every fault with its place. Nothing of it is used.'],
  YEAR_PUBLISHED_DIFFERENTLY: [
    422,
    'The year is on record with other days (facts.published). If it was announced anew, name it in corrects: the new days count from now on, deadlines that are reckoned already stay.',
  ],
  COUNTRY_HAS_RULES: [
    422,
    'The holidays of this country follow from rules and are known for every year. Days of your own belong into the calendar of the pack (holidays, yearly, days).',
  ],
  UNKNOWN_FIELD: [422, 'The pack has no such field; facts name those it has.'],
  FIELD_MALFORMED: [422, 'The value does not fit the field; facts say what may stand there.'],
  FIELDS_MISSING: [422, 'Fields that must be filled are missing; facts name them.'],
  UNKNOWN_FORM: [422, 'The pack has no such form; facts name those it has.'],
  FORM_NOT_FOR_THIS_CASE: [422, 'The pack has this form for other cases; facts say for which.'],
  UNKNOWN_STEP: [422, 'The pack has no such step; facts name those it has.'],
  STEP_TOO_EARLY: [409, 'Other steps come first; facts name them.'],
  STEP_OPEN: [409, 'Steps that the pack asks for are not done; facts.obstacles names them.'],
  SECOND_PERSON_NEEDED: [422, 'Two people do this step together: name the second one.'],
  UNKNOWN_ESCALATION_CHAIN: [422, 'The pack has no such chain of escalation; facts name those it has.'],
  RECIPIENTS_MISSING: [422, 'Say who is called in, or name a chain of the pack.'],
  UNKNOWN_SHEET: [422, 'The case asked for no such sheet.'],
  SHEET_OPEN: [409, 'A sheet that was opened from this case has not come to its end.'],
  NOT_A_REPEAT: [409, 'By this rule the case is no repeat of that one.'],
  BUDGET_TOO_LONG: [422, 'A deadline would lie more than 50 years ahead, by the pauses of the case.'],
  UNKNOWN_CATEGORY: [422, 'The pack has no such category; facts name those it has.'],
  FILE_UNREADABLE: [422, 'The file cannot be read.'],
  UNKNOWN_UNIT: [422, 'The organisation has no such unit; facts name those it has.'],
  UNKNOWN_POST: [422, 'The organisation has no such post; facts name those it has.'],
  TO_BEFORE_FROM: [422, 'It would end before it begins.'],
  OWN_DELEGATE: [422, 'Somebody else must stand in.'],
  UNIT_LOOP: [422, 'A unit cannot stand below itself; facts name the units on the way.'],
  REASON_MISSING: [422, 'Give the reason: this goes on record with it.'],
  POST_HELD: [
    409,
    'The post is held by one person at a time; facts say who holds it. Send change: true to relieve them.',
  ],
  UNKNOWN_PARTY: [422, 'The case has no such party.'],
  UNKNOWN_PLAN: [422, 'The case has no such plan.'],
  UNKNOWN_PROMISE: [422, 'The case has no such promise.'],
  UNKNOWN_COMPENSATION: [422, 'The case has no such compensation.'],
  UNKNOWN_ESCALATION: [422, 'The case has no such escalation.'],
  UNKNOWN_LINK: [422, 'The case has no such link.'],
  OCCURRED_IN_FUTURE: [422, 'It cannot have happened after the present.'],
  DUE_BEFORE_MADE: [422, 'What is promised must be due after it is promised.'],
  OWN_CASE: [422, 'A case is not linked to itself.'],
  PERSONS_FEWER_THAN_NAMED: [422, 'More people are named than are said to complain.'],
  CUSTOMER_ERASED: [410, 'The customer was erased: nothing is written into the file any more.'],
  OWN_ENTRY: [403, 'Nobody reviews what they entered: another superior does.'],
  FILE_REVIEWED: [409, 'The file was reviewed as it is; facts say by whom.'],
  TOO_FEW_LIAISONS: [
    409,
    'More of ours must keep the contact before the file passes its review: assign them. Facts say how many.',
  ],
  NAME_MISSING: [422, 'A file, and a contact, needs at least a name.'],
  UNKNOWN_TIER: [422, 'The pack has no such tier; facts name those it has.'],
  UNKNOWN_QUALITY_GROUND: [422, 'The pack has no such ground of quality; facts name those it has.'],
  QUALITY_KNOWN: [409, 'This ground of quality is on record already.'],
  QUALITY_NOT_ESTABLISHED: [409, 'This ground of quality is not on record; facts name those that are.'],
  UNKNOWN_SPECIAL_OWNER: [422, 'The pack has no such group of owners; facts name those it has.'],
  NOT_LISTED: [409, 'The owner is not listed apart.'],
  UNKNOWN_MILESTONE: [422, 'The pack has no such milestone; facts name those it has.'],
  UNKNOWN_MILESTONE_ID: [422, 'The file has no such milestone; facts name those it has.'],
  TOO_LONG_AGO: [422, 'Nothing that happened before the year 1900 goes into a file.'],
  UNKNOWN_CONTACT: [422, 'The file has no such contact; facts name those it has.'],
  UNKNOWN_LIAISON: [422, 'That person does not keep the contact; facts name those who do.'],
  CUSTOMER_CHANGED: [
    422,
    'The file tells this customer otherwise than when it was imported: correct them by commands.',
  ],
  CURRENCY_NOT_IN_MATRIX: [422, 'The authority matrix of the pack has no values in this currency.'],
  SECOND_PERSON_IS_FIRST: [422, 'The second person must be another one than the first.'],
  SOURCE_CASE_CHANGED: [422, 'The source tells this case otherwise than it did when it was imported.'],
  HEADERS_TOO_LARGE: [431, 'The headers are larger than allowed.'],
  INTERNAL: [500, 'Something is wrong on our side; the log of the server names it by the correlation id.'],
  VIEW_BEHIND: [503, 'The view has not come that far yet: try again.'],
  CLOCK_JUMPED: [
    503,
    'The clock of the machine jumped: nothing is written until it agrees again, or an administrator confirms what GET /clock shows by POST /clock/confirm.',
  ],
  ACCESS_DENIED: [
    502,
    'The event store does not let the engine do this: give the user of EVENTSTOREDB_URL the right to ($ops or $admins).',
  ],
  STORE_UNAVAILABLE: [503, 'The event store does not answer: try again.'],
  DISK_FULL: [503, 'The disk of the server is full: nothing of this was kept. Make room, and send it again.'],
  DATABASE_UNAVAILABLE: [503, 'The database does not answer: try again.'],
  SHUTTING_DOWN: [503, 'The server is stopping.'],
};

const CODE_OF: Readonly<Record<string, string>> = { NOT_FOUND: 'CASE_NOT_FOUND', INVALID_POSITION: 'BAD_POSITION' };

export const statusOf = (code: string): number => PROBLEMS[code]?.[0] ?? 409;

/** A code of a pack's own says what is missing by its name; whose rule it is stands in the facts. */
const detailOf = (code: string, facts: Refusal['facts']): string =>
  PROBLEMS[code]?.[1] ??
  `${sentence(code)}.${'obstacles' in facts ? ' It is asked for before this command; facts.obstacles names the rules and their sources.' : ''}`;

/** The problem that a refusal is shown as. */
export const problemOf = ({ code, facts }: Pick<Refusal, 'code' | 'facts'>, detail?: string): Problem => {
  const shown = CODE_OF[code] ?? code;
  const status = statusOf(shown);
  return {
    type: `urn:redress:problem:${shown}`,
    title: PROBLEMS[shown] === undefined ? sentence(shown) : (STATUS_CODES[status] ?? sentence(shown)),
    status,
    detail: detail ?? detailOf(shown, facts),
    code: shown,
    facts,
  };
};

const sentence = (code: string): string => code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** The code under which an error of Fastify or Node is shown. */
export function codeOfError(error: { code?: string; statusCode?: number; status?: number }): string | undefined {
  const known = error.code === undefined ? undefined : ERROR_CODES[error.code];
  if (known !== undefined) return known;
  if (error.code !== undefined && error.code in PROBLEMS) return error.code;
  const status = error.statusCode ?? error.status ?? 500;
  return STATUS_CODES_OF_ERRORS[status] ?? (status >= 400 && status < 500 ? 'BAD_REQUEST' : undefined);
}

const ERROR_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'WRONG_CONTENT_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BROKEN_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BAD_REQUEST',
  FST_ERR_BAD_URL: 'BAD_URL',
  FST_ERR_MAX_PARAM_LENGTH: 'URL_TOO_LONG',
  ERR_HTTP_INVALID_HEADER_VALUE: 'BAD_HEADER',
  // Quotas and limits on the size of files are the same to whoever writes.
  ...Object.fromEntries(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'].map((code) => [code, 'DISK_FULL'])),
};

const STATUS_CODES_OF_ERRORS: Readonly<Record<number, string>> = {
  404: 'UNKNOWN_ROUTE',
  405: 'METHOD_NOT_ALLOWED',
  413: 'TOO_LARGE',
  414: 'URL_TOO_LONG',
  415: 'WRONG_CONTENT_TYPE',
};
