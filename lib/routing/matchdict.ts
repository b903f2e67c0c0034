/**
 * Types that the compiler reads from a pattern's text: the values of a match, and the parameters of
 * a path.
 *
 * The text is read one character at a time, so patterns of up to about 1,000 characters are typed.
 *
 * @module
 */

/**
 * One group of a pattern: its key, whether its value can have slashes, and whether it can be
 * absent.
 *
 * @internal
 */
export type PatternGroup = readonly [key: string, many: boolean, optional: boolean];

/**
 * The characters that end a group's name: all ASCII characters that cannot be in an identifier. `$`
 * can be in one.
 *
 * @internal
 */
// deno-fmt-ignore
export type NameEnd =
  | "/" | "." | "-" | ":" | "(" | ")" | "{" | "}" | "*" | "+" | "?" | "\\" | "," | ";" | "=" | "@"
  | "!" | "'" | "&" | "~" | "%" | "|" | "^" | "[" | "]" | " " | '"' | "<" | ">" | "#" | "`";

/**
 * Splits the text after a colon into the name and the rest.
 *
 * @internal
 */
export type TakeName<Text extends string, Name extends string = ""> = Text extends
  `${infer First}${infer Rest}`
  ? First extends NameEnd ? [name: Name, rest: Text] : TakeName<Rest, `${Name}${First}`>
  : [name: Name, rest: ""];

/**
 * Splits the text after an opening parenthesis into the regular expression and the rest.
 *
 * @internal
 */
export type TakeRegExp<Text extends string, Body extends string = "", Depth extends 0[] = []> =
  Text extends `\\${infer Escaped}${infer Rest}` ? TakeRegExp<Rest, `${Body}\\${Escaped}`, Depth>
    : Text extends `(${infer Rest}` ? TakeRegExp<Rest, `${Body}(`, [...Depth, 0]>
    : Text extends `)${infer Rest}`
      ? Depth extends [0, ...infer Less extends 0[]] ? TakeRegExp<Rest, `${Body})`, Less>
      : [many: Body extends ".*" ? true : false, rest: Rest]
    : Text extends `${infer First}${infer Rest}` ? TakeRegExp<Rest, `${Body}${First}`, Depth>
    : [many: false, rest: ""];

/**
 * Splits off the regular expression that can follow a name.
 *
 * @internal
 */
export type TakeExpression<Text extends string> = Text extends `(${infer Rest}` ? TakeRegExp<Rest>
  : [many: false, rest: Text];

/**
 * Splits off the modifier that can follow a group, `?`, `*` or `+`.
 *
 * @internal
 */
export type TakeModifier<Text extends string> = Text extends `?${infer Rest}`
  ? [many: false, optional: true, rest: Rest]
  : Text extends `*${infer Rest}` ? [many: true, optional: true, rest: Rest]
  : Text extends `+${infer Rest}` ? [many: true, optional: false, rest: Rest]
  : [many: false, optional: false, rest: Text];

/**
 * Applies the modifier after `{…}` to the groups within the braces.
 *
 * @internal
 */
export type WithModifier<Group, Many extends boolean, Optional extends boolean> = Group extends
  readonly [infer Key extends string, infer M extends boolean, infer O extends boolean]
  ? [Key, Many extends true ? true : M, Optional extends true ? true : O]
  : never;

/**
 * The groups of a pattern, as a union of {@linkcode PatternGroup}.
 *
 * `Outer` is `null` outside of braces. Within braces it holds the groups before them.
 *
 * @internal
 */
export type PatternGroups<
  Text extends string,
  Found extends PatternGroup = never,
  Unnamed extends 0[] = [],
  Outer extends [PatternGroup] | null = null,
> = Text extends `\\${infer _}${infer Rest}` ? PatternGroups<Rest, Found, Unnamed, Outer>
  : Text extends `{${infer Rest}` ? PatternGroups<Rest, never, Unnamed, [Found]>
  : Text extends `}${infer Rest}`
    ? TakeModifier<Rest> extends
      [infer Many extends boolean, infer Optional extends boolean, infer After extends string]
      ? PatternGroups<
        After,
        | (Outer extends [infer Before extends PatternGroup] ? Before : never)
        | WithModifier<Found, Many, Optional>,
        Unnamed
      >
    : never
  : Text extends `:${infer Rest}`
    ? TakeName<Rest> extends [infer Name extends string, infer Behind extends string]
      ? TakeExpression<Behind> extends [infer Wild extends boolean, infer Tail extends string]
        ? TakeModifier<Tail> extends
          [infer Many extends boolean, infer Optional extends boolean, infer After extends string]
          ? PatternGroups<
            After,
            Found | WithModifier<[Name, Wild, false], Many, Optional>,
            Unnamed,
            Outer
          >
        : never
      : never
    : never
  : Text extends `*${infer Rest}`
    ? TakeModifier<Rest> extends
      [boolean, infer Optional extends boolean, infer After extends string] ? PatternGroups<
        After,
        Found | [`${Unnamed["length"]}`, true, Optional],
        [...Unnamed, 0],
        Outer
      >
    : never
  : Text extends `(${infer Rest}`
    ? TakeRegExp<Rest> extends [infer Wild extends boolean, infer Tail extends string]
      ? TakeModifier<Tail> extends
        [infer Many extends boolean, infer Optional extends boolean, infer After extends string]
        ? PatternGroups<
          After,
          Found | WithModifier<[`${Unnamed["length"]}`, Wild, false], Many, Optional>,
          [...Unnamed, 0],
          Outer
        >
      : never
    : never
  : Text extends `${infer _}${infer Rest}` ? PatternGroups<Rest, Found, Unnamed, Outer>
  : Found;

/**
 * Removes the origin from the pattern of a route of another site.
 *
 * @internal
 */
export type PathOf<Pattern extends string> = Pattern extends `${"http" | "https"}://${infer After}`
  ? After extends `${string}/${infer Path}` ? `/${Path}` : "/"
  : Pattern;

/**
 * The type of `request.matchdict` for a pattern: percent-decoded text by the name of the group.
 *
 * `:x` and `:x+` are `string`. `:x?`, `:x*` and groups in `{…}?` or `{…}*` are
 * `string | undefined`. Groups without a name, `(re)` and `*`, have the keys `"0"`, `"1"` and so
 * on. If the compiler does not know the pattern, then every key is `string | undefined`.
 */
export type Matchdict<Pattern extends string> = string extends Pattern
  ? Record<string, string | undefined>
  : {
    -readonly [Group in PatternGroups<PathOf<Pattern>> as Group[0]]: Group[2] extends true
      ? string | undefined
      : string;
  };

/** A value for one segment of a path. A number is written in decimal. */
export type SegmentValue = string | number;

/**
 * A value for several segments: text that keeps its slashes, or a list with one entry for each
 * segment.
 */
export type SegmentsValue = SegmentValue | readonly SegmentValue[];

/**
 * The type of the parameters of `route.path()` for a pattern.
 *
 * Groups that can be absent are optional. `*`, `:x(.*)`, `:x+` and `:x*` take
 * {@linkcode SegmentsValue}. Other groups take {@linkcode SegmentValue}. The {@linkcode Matchdict}
 * of the pattern is accepted, too.
 */
export type PathParams<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, SegmentsValue | undefined>>
  // The type `{}` would accept any value.
  : [PatternGroups<PathOf<Pattern>>] extends [never] ? Readonly<Record<string, never>>
  :
    & {
      readonly [
        Group in PatternGroups<PathOf<Pattern>> as Group[2] extends true ? never : Group[0]
      ]: Group[1] extends true ? SegmentsValue : SegmentValue;
    }
    & {
      readonly [
        Group in PatternGroups<PathOf<Pattern>> as Group[2] extends true ? Group[0] : never
      ]?: (Group[1] extends true ? SegmentsValue : SegmentValue) | undefined;
    };
