/** The full `Content-Type` of a file extension or media type. */
export function contentType(extensionOrType: string): string | undefined;
