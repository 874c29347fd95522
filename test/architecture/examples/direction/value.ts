// libs/kernel/money.ts
import { groupPack } from '#policy';

export const currency = groupPack;
