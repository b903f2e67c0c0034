/** Three of the types that are known, each with its extensions. */
type DB = {
  readonly "application/json": { readonly extensions: readonly ["json", "map"] };
  readonly "text/css": { readonly extensions: readonly ["css"] };
  readonly "text/html": { readonly extensions: readonly ["html", "htm", "shtml"] };
};
type Extension = DB[keyof DB]["extensions"][number];
/** What is known: its content type is a string. */
export type KnownExtensionOrType = keyof DB | Extension | `.${Extension}`;
/** The full `Content-Type` of a file extension or media type. */
export function contentType<
  // deno-lint-ignore ban-types -- as the standard library has it
  T extends (string & {}) | KnownExtensionOrType,
>(
  extensionOrType: T,
): Lowercase<T> extends KnownExtensionOrType ? string : string | undefined;
