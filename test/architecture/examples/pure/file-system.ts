// libs/cases/domain/decide.ts
import { readFileSync } from 'node:fs';

export const rules = readFileSync('rules.yaml');
