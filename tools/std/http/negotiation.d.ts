/** Anything with request headers. */
export type Request = { headers: { get(key: string): string | null } };
/** The accepted media types, best first. */
export function accepts(request: Request): string[];
/** The best of `types` by the request's `Accept`. */
export function accepts(
  request: Request,
  ...types: string[]
): string | undefined;
/** The accepted encodings, best first. */
export function acceptsEncodings(request: Request): string[];
/** The best of `encodings` by the request's `Accept-Encoding`. */
export function acceptsEncodings(
  request: Request,
  ...encodings: string[]
): string | undefined;
