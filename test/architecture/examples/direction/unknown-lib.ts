// libs/billing/index.ts
export const invoice = 1;
