/**
 * What a backtracking engine may have to try for a regular expression.
 *
 * @module
 */

/** How many ways an expression has to match one text. */
export interface ExpressionChoices {
  /** Parts without a greatest length (`*`, `+`, `{2,}`), and back references, whose length varies. */
  readonly unbounded: number;
  /** How many choices each other part has: alternatives, and the lengths of `?` and `{2,5}`. */
  readonly bounded: readonly number[];
  /** Characters that it reads at least; `a{500}` counts 500 times. */
  readonly size: number;
  /** Whether it has a choice at all. */
  readonly varies: boolean;
  /** Whether a choice lies within what is itself repeated: the time can double with each character. */
  readonly repeatsChoice: boolean;
}

/** A group while it is read. */
interface Group {
  alternatives: number;
  varies: boolean;
  size: number;
}

/** What opens a group: its name, lookaround and flags included. */
const OPENING = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?/y;
const QUANTIFIER = /[*+?]|\{(\d+)(,?)(\d*)\}/y;

/**
 * Counts the choices of a regular expression, in one pass.
 *
 * A quantifier and a list of alternatives are choices, lazy ones too. `(?:…)?` repeats nothing, and
 * an exact count such as `{4}` is no choice. Names of groups, lookaround and flags (`(?<a>`, `(?=`,
 * `(?i:`) change nothing. `{` that begins no quantifier, and whatever stands in a class, is text.
 *
 * @param source The source of an expression with any flags. What is no expression gives some count.
 */
export function expressionChoices(source: string): ExpressionChoices {
  const bounded: number[] = [];
  const outer: Group[] = [];
  let unbounded = 0;
  let repeatsChoice = false;
  let group: Group = { alternatives: 1, varies: false, size: 0 };
  let last = { varies: false, size: 0 };

  const atom = (varies: boolean, size: number): void => {
    last = { varies, size };
    group.varies ||= varies;
    group.size += size;
  };
  const closed = (): void => {
    if (group.alternatives === 1) return;
    bounded.push(group.alternatives);
    group.varies = true;
  };
  for (let at = 0; at < source.length; at++) {
    const quantifier = quantifierAt(source, at);
    if (quantifier !== null) {
      const { least, most, length } = quantifier;
      if (most > 1 && last.varies) repeatsChoice = true;
      if (most === Infinity) unbounded++;
      else if (most > least) bounded.push(most - least + 1);
      group.size += last.size * (Math.max(least, 1) - 1);
      group.varies ||= most > least;
      at += length - 1;
      // The mark of a lazy one.
      if (source[at + 1] === "?") at++;
      continue;
    }
    switch (source[at]) {
      case "\\":
        at++;
        if (/[1-9k]/.test(source[at] ?? "")) unbounded++;
        atom(false, 1);
        break;
      case "[":
        at = endOfClass(source, at);
        atom(false, 1);
        break;
      case "(":
        outer.push(group);
        group = { alternatives: 1, varies: false, size: 0 };
        OPENING.lastIndex = at;
        at += (OPENING.exec(source)?.[0].length ?? 1) - 1;
        break;
      case ")": {
        closed();
        const { varies, size } = group;
        group = outer.pop() ?? { alternatives: 1, varies: false, size: 0 };
        atom(varies, size);
        break;
      }
      case "|":
        group.alternatives++;
        break;
      default:
        atom(false, 1);
    }
  }
  closed();
  return { unbounded, bounded, size: group.size, varies: group.varies, repeatsChoice };
}

function quantifierAt(source: string, at: number) {
  QUANTIFIER.lastIndex = at;
  const found = QUANTIFIER.exec(source);
  if (found === null) return null;
  const [text, least = "", comma = "", most = ""] = found;
  const { length } = text;
  if (text === "?") return { least: 0, most: 1, length };
  if (text === "*" || text === "+") return { least: text === "*" ? 0 : 1, most: Infinity, length };
  const from = Number(least);
  if (comma === "") return { least: from, most: from, length };
  return { least: from, most: most === "" ? Infinity : Number(most), length };
}

/**
 * The index of the bracket that closes the class at `open`.
 *
 * Only flag `v` nests classes. Within those a parenthesis or a bar has to be escaped, so that
 * reading what follows an inner class as no class can only find more choices.
 */
function endOfClass(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "]") return at;
  }
  return source.length;
}
