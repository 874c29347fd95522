import { sql, type ExpressionBuilder } from 'kysely';
import type { ViewsSchema } from '../schema.js';
import { HIGHEST, type Condition, type Db } from './condition.js';
import type { AskedTerm, Search } from './terms.js';

/** So many cases are looked at one by one; where more have the term it is cheaper to walk along the sort. */
const FEW_HITS = 1_500;
/** Several terms narrow one another within their index, which is cheaper than a look at the case. */
const FEW_HITS_TOGETHER = 6_000;

/** All that was typed stands in the text. */
export function wordsOf({ terms, phrases }: Search): Condition {
  const patterns = terms.filter(({ match }) => match === 'prefix').map(({ pattern }) => pattern);
  const whole = terms.filter(({ match }) => match === 'whole');
  return (query) => {
    const narrowed = whole.reduce((narrower, term) => narrower.where((eb) => eb.exists(termOfCase(eb, term))), query);
    return textLike([...patterns, ...phrases])(narrowed);
  };
}

/**
 * The cases that have the rarest term, narrowed by the others.
 * @returns undefined where something else leads to fewer than the rarest term
 */
export async function leadingTerm(
  db: Db,
  { terms, phrases }: Search,
  otherwise: number,
): Promise<Condition | undefined> {
  const most = Math.min(
    otherwise,
    terms.some(({ match }, at) => at > 0 && match === 'whole') ? FEW_HITS_TOGETHER : FEW_HITS,
  );
  const counted = await Promise.all(terms.map(async (term) => [term, await hitsUpTo(db, term)] as const));
  const [rarest, hits] = counted.reduce((a, b) => (b[1] < a[1] ? b : a));
  if (hits >= most) return undefined;
  const others = terms.filter((term) => term !== rarest);
  const patterns = others.filter(({ match }) => match === 'prefix').map(({ pattern }) => pattern);
  const whole = others.filter(({ match }) => match === 'whole');
  return (query) => {
    const narrowed = query.where('case_no', 'in', (eb) =>
      whole.reduce(
        (hit, { text }) =>
          hit.where((inner) =>
            inner.exists(
              inner
                .selectFrom('case_term as other')
                .select('other.case_no')
                .where('other.term', '=', text)
                .whereRef('other.case_no', '=', 'case_term.case_no'),
            ),
          ),
        casesWith(eb, rarest),
      ),
    );
    return textLike([...patterns, ...phrases])(narrowed);
  };
}

type Case = ExpressionBuilder<ViewsSchema, 'case_board'>;

const textLike =
  (patterns: readonly string[]): Condition =>
  (query) => {
    if (patterns.length === 0) return query;
    return query.where((eb) => {
      const text = eb.selectFrom('case_text').select('case_text.case_id');
      const own = text.whereRef('case_text.case_id', '=', 'case_board.case_id');
      return eb.exists(patterns.reduce((all, it) => all.where(sql<boolean>`case_text.text like ${it}`), own));
    });
  };

const termOfCase = (eb: Case, { text }: AskedTerm) =>
  eb
    .selectFrom('case_term')
    .select('case_term.case_no')
    .where('case_term.term', '=', text)
    .whereRef('case_term.case_no', '=', 'case_board.case_no');

function casesWith(eb: Case, { match, text }: AskedTerm) {
  const hits = eb.selectFrom('case_term').select('case_term.case_no');
  return match === 'whole'
    ? hits.where('case_term.term', '=', text)
    : hits.where('case_term.term', '>=', text).where('case_term.term', '<', text + HIGHEST);
}

async function hitsUpTo(db: Db, { match, text }: AskedTerm): Promise<number> {
  const all = db.selectFrom('case_term').select('case_no');
  const hits =
    match === 'whole' ? all.where('term', '=', text) : all.where('term', '>=', text).where('term', '<', text + HIGHEST);
  const few = hits.limit(FEW_HITS_TOGETHER).as('few');
  const { count } = await db
    .selectFrom(few)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
