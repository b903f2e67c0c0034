/** Reason phrases by status. */
export const STATUS_TEXT: Readonly<Record<number, string>>;
