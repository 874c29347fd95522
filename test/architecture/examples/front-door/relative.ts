// libs/cases/domain/clock.ts
import { instant } from '../../kernel/instant.js';

export const zero = instant(0);
