/**
 * The text of a `Content-Security-Policy`, with and without a nonce.
 *
 * @module
 */

import { checkOptions, describe, type OptionKind, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { printable } from "../printable.ts";

/**
 * The sources of a directive, such as `["'self'", "https://cdn.example"]`. `false` leaves the
 * directive out. `true` states a directive without a value.
 */
export type DirectiveValue = readonly string[] | boolean;

/**
 * The directives of a `Content-Security-Policy`, by their names in CSP Level 3. Each replaces the
 * default directive of its name.
 *
 * A keyword stands in single quotes, as in `"'self'"`. Directives that browsers removed from the
 * standard, such as `plugin-types`, are refused.
 */
export interface ContentSecurityPolicyDirectives {
  /** The sources of everything whose own directive is not stated. @default {["'self'"]} */
  readonly "default-src"?: DirectiveValue;
  /** The sources of frames and workers. */
  readonly "child-src"?: DirectiveValue;
  /** Where scripts can connect to, as by `fetch()` and `EventSource`. */
  readonly "connect-src"?: DirectiveValue;
  /** The sources of fonts. */
  readonly "font-src"?: DirectiveValue;
  /** The sources of frames in the page. */
  readonly "frame-src"?: DirectiveValue;
  /** The sources of images. @default {["'self'", "data:"]} */
  readonly "img-src"?: DirectiveValue;
  /** The sources of the manifest of a web app. */
  readonly "manifest-src"?: DirectiveValue;
  /** The sources of sounds and films. */
  readonly "media-src"?: DirectiveValue;
  /** The sources of plugins. @default {["'none'"]} */
  readonly "object-src"?: DirectiveValue;
  /** The sources of scripts. */
  readonly "script-src"?: DirectiveValue;
  /** The sources of scripts that stand in attributes such as `onclick`. */
  readonly "script-src-attr"?: DirectiveValue;
  /** The sources of scripts that stand in elements. */
  readonly "script-src-elem"?: DirectiveValue;
  /** The sources of styles. */
  readonly "style-src"?: DirectiveValue;
  /** The sources of styles that stand in attributes. */
  readonly "style-src-attr"?: DirectiveValue;
  /** The sources of styles that stand in elements. */
  readonly "style-src-elem"?: DirectiveValue;
  /** The sources of workers. */
  readonly "worker-src"?: DirectiveValue;
  /** What `<base>` can name. @default {["'none'"]} */
  readonly "base-uri"?: DirectiveValue;
  /** Where forms can be sent to, and where their answers can redirect to. @default {["'self'"]} */
  readonly "form-action"?: DirectiveValue;
  /** The pages that can show the page in a frame. @default {["'self'"]} */
  readonly "frame-ancestors"?: DirectiveValue;
  /** The restrictions of a sandbox, or `true` for all of them. */
  readonly "sandbox"?: DirectiveValue;
  /** The name of an endpoint of `Reporting-Endpoints`, which gets reports. */
  readonly "report-to"?: DirectiveValue;
  /** The URLs that get reports, for browsers without `report-to`. */
  readonly "report-uri"?: DirectiveValue;
  /** `["'script'"]` demands trusted types in scripts. */
  readonly "require-trusted-types-for"?: DirectiveValue;
  /** The names of the policies of trusted types. */
  readonly "trusted-types"?: DirectiveValue;
  /** `true` makes browsers ask for each resource by https. */
  readonly "upgrade-insecure-requests"?: DirectiveValue;
}

const DIRECTIVE: OptionKind = {
  expected: "a list of sources, true or false",
  is: (value) => typeof value === "boolean" || Array.isArray(value),
};

const DIRECTIVE_KINDS: OptionKinds<ContentSecurityPolicyDirectives> = {
  "default-src": DIRECTIVE,
  "child-src": DIRECTIVE,
  "connect-src": DIRECTIVE,
  "font-src": DIRECTIVE,
  "frame-src": DIRECTIVE,
  "img-src": DIRECTIVE,
  "manifest-src": DIRECTIVE,
  "media-src": DIRECTIVE,
  "object-src": DIRECTIVE,
  "script-src": DIRECTIVE,
  "script-src-attr": DIRECTIVE,
  "script-src-elem": DIRECTIVE,
  "style-src": DIRECTIVE,
  "style-src-attr": DIRECTIVE,
  "style-src-elem": DIRECTIVE,
  "worker-src": DIRECTIVE,
  "base-uri": DIRECTIVE,
  "form-action": DIRECTIVE,
  "frame-ancestors": DIRECTIVE,
  "sandbox": DIRECTIVE,
  "report-to": DIRECTIVE,
  "report-uri": DIRECTIVE,
  "require-trusted-types-for": DIRECTIVE,
  "trusted-types": DIRECTIVE,
  "upgrade-insecure-requests": DIRECTIVE,
};

/** What holds unless a directive of the same name is stated. */
const DEFAULTS: ContentSecurityPolicyDirectives = {
  "default-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'self'"],
  "img-src": ["'self'", "data:"],
  "object-src": ["'none'"],
};

/** Directives that mean something without a value. */
const VALUELESS: ReadonlySet<string> = new Set(["sandbox", "upgrade-insecure-requests"]);

/** Visible ASCII without what ends a source (space), a directive (`;`) or a policy (`,`). */
const SOURCE = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/;

const KEYWORDS = [
  "'none'",
  "'self'",
  "'unsafe-inline'",
  "'unsafe-eval'",
  "'wasm-unsafe-eval'",
  "'unsafe-hashes'",
  "'strict-dynamic'",
  "'report-sample'",
  "'inline-speculation-rules'",
  "'script'",
  "'allow-duplicates'",
];
const HASH = /^'sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}'$/;
/** What a nonce stands for, if the directive is stated. */
const ELEMENTS = ["script-src-elem", "style-src-elem"];

/** A policy, ready to be written. */
export class ContentSecurityPolicy {
  /** The header without a nonce. It is empty if no directive is left. */
  readonly text: string;
  /** The sources of `frame-ancestors`, if it is stated. */
  readonly frameAncestors: readonly string[] | undefined;
  /** The text round the places of a nonce. */
  readonly #pieces: readonly string[];

  /**
   * Checks the directives, and adds the defaults.
   *
   * @param directives What the developer states.
   * @param option The option that holds them. Messages name it.
   * @throws {ConfigurationError} If a directive is unknown, or a source is not valid.
   */
  constructor(directives: ContentSecurityPolicyDirectives, option: string) {
    checkOptions(option, directives, DIRECTIVE_KINDS);
    const stated = new Map<string, readonly string[]>();
    for (const [name, value] of Object.entries({ ...DEFAULTS, ...given(directives) })) {
      if (value !== false) stated.set(name, sourcesOf(name, value, option));
    }
    this.frameAncestors = stated.get("frame-ancestors");
    this.text = written(stated);
    this.#pieces = written(withNonce(stated)).split(NONCE);
  }

  /** The header with a nonce: scripts and styles with this nonce are allowed. */
  textWith(nonce: string): string {
    return this.#pieces.join(`'nonce-${nonce}'`);
  }
}

/** Stands where the nonce will stand. No source contains a comma. */
const NONCE = ",";

function given(directives: ContentSecurityPolicyDirectives): Record<string, DirectiveValue> {
  return Object.fromEntries(Object.entries(directives).filter(([, value]) => value !== undefined));
}

function written(directives: ReadonlyMap<string, readonly string[]>): string {
  return directives.entries().map(([name, sources]) => [name, ...sources].join(" ")).toArray()
    .join("; ");
}

/**
 * Adds the place of the nonce to what decides about scripts and styles.
 *
 * A nonce switches `'unsafe-inline'` off. Therefore styles that are allowed so get no nonce.
 */
function withNonce(
  directives: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const all = new Map(directives);
  for (const name of ["script-src", "style-src", ...ELEMENTS]) {
    const own = directives.get(name);
    const sources = own ?? (ELEMENTS.includes(name) ? undefined : directives.get("default-src"));
    if (sources === undefined) continue;
    if (name.startsWith("style") && sources.includes("'unsafe-inline'")) continue;
    all.set(name, [...sources.filter((source) => source !== "'none'"), NONCE]);
  }
  return all;
}

function sourcesOf(
  name: string,
  value: readonly string[] | true,
  option: string,
): readonly string[] {
  const refuse = (problem: string): never => {
    throw new ConfigurationError(`Cannot use "${name}" of ${option}: ${problem}`);
  };
  if (value === true || value.length === 0) {
    return VALUELESS.has(name)
      ? []
      : refuse(`it has no source: write ["'none'"] to allow nothing, or false to leave it out`);
  }
  if (name === "upgrade-insecure-requests") refuse("it has no value: write true");
  for (const source of value) {
    const problem = problemOf(source);
    if (problem !== undefined) refuse(problem);
  }
  if (value.includes("'none'") && value.length > 1) {
    refuse(`"'none'" stands with other sources, so that browsers ignore it: leave one out`);
  }
  return [...value];
}

/** Why a source cannot be used. Undefined if it can. */
function problemOf(source: unknown): string | undefined {
  if (typeof source !== "string") return `a source must be a string, not ${describe(source)}`;
  const shown = `"${printable(source)}"`;
  if (!SOURCE.test(source)) {
    return `${shown} is not one source: write visible ASCII without spaces, commas and semicolons`;
  }
  if (/^'?nonce-/i.test(source)) {
    return `${shown} is a nonce, which must differ in each response: leave it out, and read request.cspNonce in the view`;
  }
  if (KEYWORDS.includes(`'${source}'`) || HASH.test(`'${source}'`)) {
    return `${shown} would be a host: write "'${source}'", with single quotes`;
  }
  if (source.includes("'") && !KEYWORDS.includes(source) && !HASH.test(source)) {
    return `${shown} is no keyword of the standard`;
  }
  return undefined;
}
