/** What somebody may do is given by the role of the key they came with. */
export const ROLES = ['agent', 'supervisor', 'auditor', 'service', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts: random ids, no names (EVENTS.md 1). The engine itself acts when it settles what was due. */
export interface Actor {
  readonly id: string;
  readonly role: Role | 'engine';
  readonly unit?: string;
  /** The id of the key or session they came with; one person may hold several (O-1). */
  readonly key?: string;
}

export const ENGINE: Actor = { id: 'engine', role: 'engine' };
