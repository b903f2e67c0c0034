/**
 * Where we answer otherwise than Pyramid, on purpose: the whole list, with the reasons.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";

/** What Pyramid and we say about one case, in the same words. */
export interface Judged {
  /** The case. */
  readonly name: string;
  /** Pyramid's verdict. */
  readonly theirs: string;
  /** Ours. */
  readonly ours: string;
}

/** A decided difference of the named cases, each with our verdict. */
interface Difference {
  readonly reason: string;
  readonly cases: Readonly<Record<string, string>>;
}

/** Cases that have one verdict. */
function all(verdict: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, verdict]));
}

/** By the part of the oracle's data; a row that covers no case fails. */
const DIFFERENCES = {
  route_match: [
    {
      reason: "dot segments are resolved before the path is matched, as every URL parser does",
      cases: { "/foo/*rest on /foo/../..": "no match" },
    },
    {
      reason: "an expression is matched with the percent-encoded path, as URLPattern does",
      cases: { "/{id:\\d+} on /١": "no match" },
    },
  ],
  route_generate: [
    {
      reason: "a slash in a value of one segment is encoded, so that the route reads it back",
      cases: { '/foo/{bar} of {"bar":"a/b"}': "/foo/a%2Fb" },
    },
    {
      reason: "a value that the route would not read back is refused",
      cases: {
        '/foo/{bar} of {"bar":""}': "error",
        '/foo/{bar} of {"bar":null}': "error",
        '/foo/{bar} of {"bar":".."}': "error",
      },
    },
  ],
  route_url: [
    {
      reason: "a query value that is null is refused: leave it out, or write an empty text",
      cases: { 'route_url(["item"], {"id":"1","_query":{"n":null,"e":""}})': "error" },
    },
  ],
  route_prefix: [
    {
      reason: '"" under a prefix is the prefix itself, "/" the prefix and a slash',
      cases: {
        '"" under users': "users",
        '"" under /v1, users': "v1/users",
        '"" under /users': "users",
        '"" under /v1, /users': "v1/users",
        '"" under /v1, /users/': "v1/users",
        '"" under a/b': "a/b",
        '"" under /v1, null': "v1",
      },
    },
    {
      reason: "a pattern without a prefix before it begins with a slash",
      cases: {
        '"show" under ': "error",
        '"show" under /': "error",
        '"show" under null': "error",
        '"" under ': "error",
        '"" under /': "error",
        '"" under  (inherit_slash)': "error",
        '"" under null (inherit_slash)': "error",
      },
    },
  ],
  views: [
    {
      reason: "405, where the path is there and only the method is wrong",
      cases: {
        "a VIEW predicate that fails does NOT fall through to the next route: 404, GET /x":
          "405, Allow: POST",
      },
    },
    {
      reason: "406, where the path is there in other media types",
      cases: { "accept, GET /x (Accept: image/png)": "406 " },
    },
    {
      reason: "a route that can never match is refused when the app is made",
      cases: {
        "routes are tried in the order they were added, GET /x/special": "ConfigurationError",
        "routes are tried in the order they were added, GET /x/1": "ConfigurationError",
      },
    },
    {
      reason: "a redirection that an exception view throws is answered with",
      cases: { "raising inside an exception view is not handled again, GET /x": "302" },
    },
  ],
  csrf: [
    {
      reason: "a request from elsewhere is forbidden (403), not malformed (400)",
      cases: all("403 token", [
        "view requires, no token",
        "default on, token in the query string only",
        "default on, token in a JSON body",
        "default on, wrong token",
        "default on, token of another length",
        "default on, session has no token and none is sent",
        "default on, method PUT without token",
        "default on, method DELETE without token",
        "default on, method PROPFIND without token",
        "header None: header ignored",
        "token None: body ignored",
        "safe_methods without GET",
      ]),
    },
    {
      reason: "a request from elsewhere is forbidden (403), not malformed (400)",
      cases: all("403 origin", [
        "https: no Origin, no Referer",
        "https: Origin subdomain",
        "https: Origin null",
        "https: Origin empty",
        "https: Referer other",
        "https: Origin evil, Referer same (Origin wins)",
        "https: Referer with user@host trick",
        "https: Origin prefix trick",
        'https: trusted origins "other.com .sub.org", Origin https://a.other.com',
        "https on port 8443, Origin without port",
      ]),
    },
    {
      reason: "origins are parsed: a default port and capitals make no other origin",
      cases: {
        "https: Origin with default port": "200",
        "https: Origin other case": "200",
      },
    },
    {
      reason: "Origin is one origin (Fetch standard), and a list of them is none",
      cases: { "https: Origin list, last is same": "403 origin" },
    },
    {
      reason: '"null" is the origin of a page that hides its own, and cannot be trusted',
      cases: { "https: null trusted": "ConfigurationError" },
    },
    {
      reason: "a check that no request could pass or fail is refused: state requireCsrf: false",
      cases: { "both None: check off": "ConfigurationError" },
    },
    {
      reason: "a token beyond Latin-1 is a wrong token",
      cases: { "default on, non-Latin-1 token": "403 token" },
    },
  ],
  csrf_over_http: [
    {
      reason: "the origin is checked over http as well",
      cases: all("403 origin", [
        "default on, token in body",
        "default on, token in header",
        "default on, PUT with form body",
        "default on, DELETE with header",
      ]),
    },
    {
      reason: "the origin is checked over http as well, and before the token",
      cases: all("403 origin", [
        "view requires, no token",
        "default on, token in the query string only",
        "default on, token in a JSON body",
        "default on, wrong token",
        "default on, token of another length",
        "default on, session has no token and none is sent",
        "default on, method PUT without token",
        "default on, method DELETE without token",
        "default on, method PROPFIND without token",
        "header None: header ignored",
        "token None: body ignored",
        "safe_methods without GET",
      ]),
    },
    {
      reason: "a check that no request could pass or fail is refused: state requireCsrf: false",
      cases: { "both None: check off": "ConfigurationError" },
    },
    {
      reason: "the origin is checked over http as well, and before the token",
      cases: { "default on, non-Latin-1 token": "403 origin" },
    },
  ],
  conflicts: [
    {
      reason: "an include is known by its function and its prefix, not by the function's name",
      cases: {
        "the same callable included under two route prefixes: the second is silently dropped":
          "no conflict, /two/p answers a",
        "two different closures of one name: the second is silently dropped":
          "no conflict, /two answers two",
      },
    },
  ],
  autocommit: [],
} as const satisfies Record<string, readonly Difference[]>;

/** What Pyramid can be asked and we cannot, by the part of the oracle's data. */
const NO_TWIN = {
  route_match: {
    "a URL always has a path, which begins with a slash": [
      "/ on ",
      " on ",
      "foo on foo",
    ],
  },
  route_url: {
    "the rest of a path is a group of the pattern (`/item/:id/*`)": [
      'route_url(["item","more","el ements"], {"id":"1"})',
    ],
    "a query is made of names and values, never of text": [
      'route_url(["item"], {"id":"1","_query":"foo bar&x"})',
      'route_url(["item"], {"id":"1","_query":""})',
    ],
    "scheme and host are said once, by publicOrigin": [
      'route_url(["item"], {"id":"1","_scheme":"https"})',
      'route_url(["item"], {"id":"1","_scheme":"https","_port":8443})',
      'route_url(["item"], {"id":"1","_host":"other.org"})',
      'route_url(["item"], {"id":"1","_port":81})',
      'route_url(["item"], {"id":"1","_app_url":"https://cdn.example/x"})',
    ],
  },
  route_prefix: {
    'there is no inherit_slash: "" inherits none, and "/" has one': [
      '"/" under users (inherit_slash)',
      '"/" under /v1, users (inherit_slash)',
      '"/" under /users (inherit_slash)',
      '"/" under /v1, /users (inherit_slash)',
      '"/" under /users/ (inherit_slash)',
      '"/" under /v1, /users/ (inherit_slash)',
      '"/" under a/b (inherit_slash)',
      '"/" under /v1, a/b (inherit_slash)',
      '"/" under  (inherit_slash)',
      '"/" under /v1,  (inherit_slash)',
      '"/" under / (inherit_slash)',
      '"/" under /v1, / (inherit_slash)',
      '"/" under null (inherit_slash)',
      '"/" under /v1, null (inherit_slash)',
    ],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

/** Every reason for a difference, and for a question that is not asked. */
export function reasonsOfDifferences(): string[] {
  const decided: readonly Difference[] = Object.values(DIFFERENCES).flat();
  const unasked = Object.values(NO_TWIN).flatMap((reasons) => Object.keys(reasons));
  return [...new Set([...decided.map(({ reason }) => reason), ...unasked])];
}

/** A part of the oracle's data. */
export type Section = keyof typeof DIFFERENCES;

/**
 * Compares the verdicts of all cases of a part: equal, or different as decided.
 *
 * @param t Gets a step for each case, and one whose name has the figures.
 * @param section The part.
 * @param cases The names of all cases of the part.
 * @param judge Gives both verdicts on a case that we can be asked.
 */
export async function compare<Case extends { readonly name: string }>(
  t: Deno.TestContext,
  section: Section,
  cases: readonly Case[],
  judge: (one: Case) => Promise<Omit<Judged, "name">> | Omit<Judged, "name">,
): Promise<void> {
  const differences: readonly Difference[] = DIFFERENCES[section];
  const unasked = new Set(noTwin(section));
  const unused = new Set(differences.flatMap(rowsOf));
  const names = cases.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length, "two cases have one name");
  let agree = 0, differ = 0;
  for (const one of cases) {
    const { name } = one;
    if (unasked.has(name)) continue;
    await t.step(name || "(empty)", async () => {
      const { theirs, ours } = await judge(one);
      const row = differences.flatMap(rowsOf).find((row) => row.covers({ name, theirs, ours }));
      if (row === undefined) {
        assertEquals(ours, theirs);
        agree++;
        return;
      }
      for (const other of unused) if (other.key === row.key) unused.delete(other);
      differ++;
    });
  }
  const missing = [...unasked].filter((name) => !names.includes(name));
  const figures = `${agree} as Pyramid, ${differ} decided otherwise, ${unasked.size} not asked`;
  await t.step(figures, () => {
    assertEquals([...unused].map(({ key }) => key), [], "rows that cover no difference");
    assertEquals(missing, [], "cases without a twin that do not exist");
    assert(agree > 0);
  });
}

/** One case that the table covers. */
interface Row {
  readonly key: string;
  covers(judged: Judged): boolean;
}

function rowsOf({ cases }: Difference): Row[] {
  return Object.entries(cases).map(([name, ours]) => ({
    key: name,
    // One that Pyramid answers alike is no difference any more.
    covers: (judged) => judged.name === name && judged.ours === ours && judged.theirs !== ours,
  }));
}

function noTwin(section: Section): string[] {
  const table: Record<string, Record<string, readonly string[]>> = NO_TWIN;
  return Object.values(table[section] ?? {}).flat();
}
