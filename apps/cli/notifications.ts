import { withEngine, type Where } from './client.js';

export interface NotificationOptions extends Where {
  readonly state?: string;
  /** `true` for all that are dead. */
  readonly retry?: string | true;
}

/** One line per notification: when, what became of it, to whom and by what, of which case under which rule. */
export async function notifications({ state, retry, ...where }: NotificationOptions): Promise<void> {
  await withEngine(where, async (client) => {
    if (retry !== undefined) {
      const retried = await client.retryNotifications(retry === true ? undefined : retry);
      console.log(`${retried} messages are tried again.`);
      return;
    }
    for (const it of await client.notifications(state)) {
      const how = it.fallback === undefined ? it.channel : `${it.channel} → ${it.via} (${it.fallback})`;
      const trouble = it.lastError === undefined ? '' : `  ${it.lastError}, failed ${it.failures} times`;
      const [when, message] = [it.createdAt, it.messageId ?? ''];
      console.log(`${when}  ${it.state}  ${it.rule}  ${it.caseId}  ${it.recipient}  ${how}  ${message}${trouble}`);
    }
  });
}
