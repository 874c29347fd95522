// libs/automations/settle-due.ts
export { deadlines } from '#views';
