import { assert, assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { readCookie, RequestCookies } from "../../lib/http/cookies.ts";
import { testWithVectors } from "../vectors.ts";

/** The plain reader: the authority for the fast one. */
function plainCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const trim = (text: string) => text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
    const name = trim(pair.slice(0, equals));
    if (name !== "" && !cookies.has(name)) cookies.set(name, trim(pair.slice(equals + 1)));
  }
  return cookies;
}

Deno.test("readCookie() reads hostile headers by the bytes and never throws", async (t) => {
  const crumbs = new Headers();
  crumbs.append("cookie", "a=1");
  crumbs.append("cookie", "session=T");
  const long = 65_536;
  const rows: Record<string, [header: string | null, name: string, value: string | null]> = {
    "no header": [null, "session", null],
    "an empty header": ["", "session", null],
    "the only one": ["session=T", "session", "T"],
    "the last of three": ["a=1; b=2; session=T", "session", "T"],
    "without a space": ["a=1;session=T", "session", "T"],
    "a semicolon at the end": ["session=T;", "session", "T"],
    "tabs and spaces round both": ["\t session \t=\t T \t; b=1", "session", "T"],
    "a pair that starts with =": ["a=1;=x", "a", "1"],
    "a nameless pair is no cookie": ["=__Host-session=TOKEN", "__Host-session", null],
    "a nameless pair after a space": ["= session=T", "session", null],
    "the empty name": ["=x", "", null],
    "a pair without = is nameless": ["session; session=T", "session", "T"],
    "next line (85) before the name": ["\x85__Host-session=T", "__Host-session", null],
    "vertical tab before the name": ["\x0b__Host-session=T", "__Host-session", null],
    "form feed before the name": ["\x0c__Host-session=T", "__Host-session", null],
    "no-break space before the name": ["\xa0__Host-session=T", "__Host-session", null],
    "names are not decoded": ["%5F%5FHost-session=T", "__Host-session", null],
    "names keep their case": ["__HOST-SESSION=T", "__Host-session", null],
    "a tossed cookie first: the first wins": ["session=BAD; session=GOOD", "session", "BAD"],
    "an empty first one wins too": ["session=; session=GOOD", "session", ""],
    "a sandwich of quotes": ['a="; __Host-session=T; b="', "__Host-session", "T"],
    "the bread of the sandwich": ['a="; __Host-session=T; b="', "a", '"'],
    "no RFC 2109 mode": ['$Version=1; session="T"', "session", '"T"'],
    "quotes are bytes": ['session="T"', "session", '"T"'],
    "space within quotes": ['session=" T "', "session", '" T "'],
    "an empty value": ["session=", "session", ""],
    "a value of spaces": ["session=   ; a=1", "session", ""],
    "a comma is part of the value": ["session=T, other=x", "session", "T, other=x"],
    "a name after a comma": ["session=T, other=x", "other", null],
    "crumbs joined by semicolons": ["a=1; session=T", "session", "T"],
    "headers appended by code are joined by a comma": [crumbs.get("cookie"), "session", null],
    "what the comma makes of the first": [crumbs.get("cookie"), "a", "1, session=T"],
    "a longer name with ours as its start": ["session.count=99999999", "session", null],
    "a longer name with ours as its end": ["xsession=1; session=T", "session", "T"],
    "our name as a value": ["a=session; b=session=T", "session", null],
    "our name in a value after a space": ["a=b session=T", "session", null],
    "= in the value": ["session=a=b==", "session", "a=b=="],
    "values are not decoded": ["session=%32%0d%0a", "session", "%32%0d%0a"],
    "raw bytes 80 to FF": ["session=\x80\xff", "session", "\x80\xff"],
    "named __proto__": ["__proto__=x; constructor=y; toString=z", "__proto__", "x"],
    "named constructor": ["__proto__=x; constructor=y; toString=z", "constructor", "y"],
    "toString, not sent": ["a=1", "toString", null],
    "a name that holds =": ["a=b=c", "a=b", null],
    "a name that holds ;": ["a;b=c", "a;b", null],
    "a name that starts with a space": [" a=1", " a", null],
    "a name that ends with a tab": ["a\t=1", "a\t", null],
    "64 KB of a=1;": ["a=1;".repeat(long / 4), "session", null],
    "64 KB of a=1; and then ours": ["a=1;".repeat(long / 4) + "session=T", "session", "T"],
    "64 KB of semicolons": [";".repeat(long) + "session=T", "session", "T"],
    "64 KB of spaces": [" ".repeat(long) + "session=T", "session", "T"],
    "64 KB of spaces after it": ["session" + " ".repeat(long) + "=T", "session", "T"],
    "64 KB of equals": ["=".repeat(long) + "session=T", "session", null],
    "64 KB of quotes": ['"'.repeat(long) + "; session=T", "session", "T"],
    "64 KB of our name": ["session".repeat(long / 7) + "=T", "session", null],
    "64 KB of a name that overlaps itself": ["a".repeat(long) + "; aa=T", "aa", "T"],
  };
  assertEquals(crumbs.get("cookie"), "a=1, session=T");
  for (const [name, [header, cookie, value]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertStrictEquals(readCookie(header, cookie), value);
      assertStrictEquals(new RequestCookies(header).get(cookie), value ?? undefined);
      assertStrictEquals(new RequestCookies(header).has(cookie), value !== null);
      const listed = new Map(new RequestCookies(header));
      assertStrictEquals(listed.get(cookie), value ?? undefined);
    });
  }
});

Deno.test("readCookie() and RequestCookies answer as the plain reader does, on random headers", () => {
  let seed = 20_250_101;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  const pieces = ["a", "aa", "ab", "b", "=", "=", ";", ";", " ", "\t", ",", '"', "\x0b", "\xa0"];
  for (let round = 0; round < 20_000; round++) {
    const header = Array.from({ length: random(16) }, () => pieces[random(pieces.length)]).join("");
    const plain = plainCookies(header);
    assertEquals([...new RequestCookies(header)], [...plain], JSON.stringify(header));
    for (const name of ["a", "aa", "ab", "b", "a a", ",", '"a"', "\x0b"]) {
      assertStrictEquals(readCookie(header, name), plain.get(name) ?? null, JSON.stringify(header));
    }
  }
});

Deno.test("RequestCookies lists the first of each name, in order, at most 1,000", async (t) => {
  await t.step("first one wins", () => {
    const cookies = new RequestCookies("a=1; b=2; a=3; =n; c; __proto__=p");
    assertEquals([...cookies], [["a", "1"], ["b", "2"], ["__proto__", "p"]]);
    assertEquals([...cookies].length, 3, "it can be listed twice");
  });
  await t.step("no header", () => assertEquals([...new RequestCookies(null)], []));
  await t.step("16,384 times the same", () => {
    assertEquals([...new RequestCookies("a=1;".repeat(16_384))], [["a", "1"]]);
  });
  await t.step("more than 1,000 names", () => {
    const names = Array.from({ length: 1_001 }, (_, index) => `n${index}`);
    const cookies = new RequestCookies(names.map((name) => `${name}=1`).join("; "));
    assertEquals([...cookies].length, 1_000);
    assertEquals(cookies.get("n1000"), "1", "get() still sees what is past the limit");
  });
  for (const character of [";", " ", "=", '"']) {
    await t.step(`64 KB of ${character}`, () => {
      assertEquals([...new RequestCookies(character.repeat(65_536))], []);
    });
  }
});

interface ParserCase {
  readonly test: string;
  readonly sent: readonly { readonly name: string; readonly value: string }[];
}

testWithVectors(
  "RequestCookies reads every Cookie header of the http-state suite, first value per name",
  "http-state_parser.json",
  (vectors) => {
    assert(Array.isArray(vectors));
    const cases: ParserCase[] = vectors.filter((one: ParserCase) => one.sent.length > 0);
    assert(cases.length > 80, `only ${cases.length} cases`);
    for (const { test, sent } of cases) {
      const header = sent.map(({ name, value }) => name === "" ? value : `${name}=${value}`)
        .join("; ");
      const expected = new Map<string, string>();
      for (const { name, value } of sent) {
        if (name !== "" && !expected.has(name)) expected.set(name, value);
      }
      for (const [name, value] of expected) {
        assertStrictEquals(readCookie(header, name), value, test);
      }
      assertEquals([...new RequestCookies(header)], [...expected], test);
    }
  },
);

testWithVectors(
  "readCookie() gives back the values of cookie_ua_rules.json as browsers send them",
  "cookie_ua_rules.json",
  (vectors) => {
    assert(typeof vectors === "object" && vectors !== null && "value_cases" in vectors);
    assert(Array.isArray(vectors.value_cases) && vectors.value_cases.length > 0);
    for (const { sent } of vectors.value_cases) {
      assertStrictEquals(readCookie(`a=1; ${sent}; b=2`, "t"), sent.slice(2), sent);
    }
  },
);
