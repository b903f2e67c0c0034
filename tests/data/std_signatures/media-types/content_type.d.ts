// content_type.ts of @std/media-types 1.1.0: its declarations, as tsc 5.9 writes them. Copyright 2018-2026 the Deno authors, MIT.
// Shortened: three of the types that vendor/db.ts knows, without source, charset and compressible.
declare const db: {
    readonly "application/json": {
        readonly extensions: readonly ["json", "map"];
    };
    readonly "text/css": {
        readonly extensions: readonly ["css"];
    };
    readonly "text/html": {
        readonly extensions: readonly ["html", "htm", "shtml"];
    };
};
export type DB = typeof db;
export type ContentTypeToExtension = {
    [K in keyof DB]: DB[K] extends {
        "extensions": readonly string[];
    } ? DB[K]["extensions"][number] : never;
};
export type KnownExtensionOrType = keyof ContentTypeToExtension | ContentTypeToExtension[keyof ContentTypeToExtension] | `.${ContentTypeToExtension[keyof ContentTypeToExtension]}`;
export declare function contentType<T extends (string & {}) | KnownExtensionOrType>(extensionOrType: T): Lowercase<T> extends KnownExtensionOrType ? string : string | undefined;
