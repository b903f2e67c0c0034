/** Characters by the entities that stand for them. */
export type EntityList = Record<string, string>;
/** How {@linkcode unescape} reads. */
export type UnescapeOptions = {
  /** The entities that are known. */
  entityList: EntityList;
};
/** Escapes `&`, `<`, `>`, `"` and `'` for HTML text and quoted attributes. */
export function escape(str: string): string;
/** Undoes {@linkcode escape}. */
export function unescape(
  str: string,
  options?: Partial<UnescapeOptions>,
): string;
