// entities.ts of @std/html 1.0.7: its declarations, as tsc 5.9 writes them. Copyright 2018-2026 the Deno authors, MIT.
export type EntityList = Record<string, string>;
export declare function escape(str: string): string;
export type UnescapeOptions = {
    entityList: EntityList;
};
export declare function unescape(str: string, options?: Partial<UnescapeOptions>): string;
