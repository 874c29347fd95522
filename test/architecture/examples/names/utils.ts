// libs/cases/utils.ts
export const noop = 0;
