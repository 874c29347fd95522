// libs/views/deadlines/index.ts
import type { SettleDue } from '#automations';

export type Due = SettleDue;
