// etag.ts of @std/http 1.1.3: its declarations, as tsc 5.9 writes them. Copyright 2018-2026 the Deno authors, MIT.
export interface FileInfo {
    mtime: Date | null;
    size: number;
}
export interface ETagOptions {
    algorithm?: AlgorithmIdentifier;
    weak?: boolean;
}
export declare function eTag(entity: string | ReturnType<TextEncoder["encode"]>, options?: ETagOptions): Promise<string>;
export declare function eTag(entity: FileInfo, options?: ETagOptions): Promise<string | undefined>;
export declare function ifMatch(value: string | null, etag: string | undefined): boolean;
export declare function ifNoneMatch(value: string | null, etag: string | undefined): boolean;
