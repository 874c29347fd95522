// libs/views/deadlines/late.ts
export const today = (): string => new Date().toISOString();
