/** The accepted media types, best first. */
export function accepts(request: Pick<Request, "headers">): string[];
/** The best of `types` by the request's `Accept`. */
export function accepts<T extends string = string>(
  request: Pick<Request, "headers">,
  ...types: T[]
): T | undefined;
/** The accepted encodings, best first. */
export function acceptsEncodings(request: Pick<Request, "headers">): string[];
/** The best of `encodings` by the request's `Accept-Encoding`. */
export function acceptsEncodings<T extends string = string>(
  request: Pick<Request, "headers">,
  ...encodings: T[]
): T | undefined;
