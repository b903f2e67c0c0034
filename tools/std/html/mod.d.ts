/** Escapes `&`, `<`, `>`, `"` and `'` for HTML text and quoted attributes. */
export function escape(str: string): string;
/** Undoes {@linkcode escape}. */
export function unescape(str: string): string;
