// libs/cases/domain/late.ts
export const isLate = (dueAt: number): boolean => Date.now() > dueAt;
