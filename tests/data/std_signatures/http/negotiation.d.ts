// negotiation.ts of @std/http 1.1.3: its declarations, as tsc 5.9 writes them. Copyright 2018-2026 the Deno authors, MIT.
export declare function accepts(request: Pick<Request, "headers">): string[];
export declare function accepts<T extends string = string>(request: Pick<Request, "headers">, ...types: T[]): T | undefined;
export declare function acceptsEncodings(request: Pick<Request, "headers">): string[];
export declare function acceptsEncodings<T extends string = string>(request: Pick<Request, "headers">, ...encodings: T[]): T | undefined;
export declare function acceptsLanguages(request: Pick<Request, "headers">): string[];
export declare function acceptsLanguages<T extends string = string>(request: Pick<Request, "headers">, ...langs: T[]): T | undefined;
