/** BullMQ takes no job id that has a colon in it or is a number. */
export const toJobId = (id: string): string => `j-${encodeURIComponent(id)}`;

export const fromJobId = (jobId: string): string => decodeURIComponent(jobId.slice(2));
