import { EventStoreError } from '#event-store';
import { CliError } from './client.js';

/** Does the work; what a store or a vault refuses is said with its code and without where in our code it arose. */
export async function coded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { PrivacyError } = await import('#privacy');
    if (error instanceof EventStoreError || error instanceof PrivacyError)
      throw new CliError(`${error.code}: ${error.message}`);
    throw error;
  }
}
