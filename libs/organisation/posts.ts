import type { ControlDatabase } from './schema.js';

/** A post that packs and cases name, e.g. `service_centre_head`, and who holds it. */
export interface Post {
  readonly post: string;
  readonly personIds: readonly string[];
}

/** Who holds which post at present, all in memory. Until units and dates come (O-1…O-3) a post is held without an end. */
export class Posts {
  private readonly byPost = new Map<string, readonly string[]>();

  constructor(private readonly database: ControlDatabase) {}

  async load(): Promise<void> {
    const rows = await this.database.selectFrom('post_holder').selectAll().orderBy('person_id').execute();
    this.byPost.clear();
    for (const { post, person_id } of rows) this.byPost.set(post, [...this.holders(post), person_id]);
  }

  holders(post: string): readonly string[] {
    return this.byPost.get(post) ?? [];
  }

  /** By name. */
  list(): Post[] {
    return [...this.byPost]
      .map(([post, personIds]) => ({ post, personIds }))
      .sort((a, b) => (a.post < b.post ? -1 : 1));
  }

  /** In the place of those who held it; a post that nobody holds is gone. */
  async assign({ post, personIds }: Post): Promise<Post> {
    const holders = [...new Set(personIds)].sort();
    await this.database.transaction().execute(async (trx) => {
      await trx.deleteFrom('post_holder').where('post', '=', post).execute();
      const rows = holders.map((person_id) => ({ post, person_id }));
      if (rows.length > 0) await trx.insertInto('post_holder').values(rows).execute();
    });
    if (holders.length === 0) this.byPost.delete(post);
    else this.byPost.set(post, holders);
    return { post, personIds: holders };
  }
}
