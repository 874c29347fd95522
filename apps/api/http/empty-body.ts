/** What a request without a body was sent with. */
export const EMPTY_BODY = Buffer.alloc(0);
