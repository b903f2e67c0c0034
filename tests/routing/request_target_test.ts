import { HttpBadRequest } from "../../lib/http/errors.ts";
import { HttpError } from "../../lib/http/errors.ts";
import {
  isCanonicalPath,
  MAX_PATH_LENGTH,
  pathStart,
  requestPathname,
  requestTarget,
} from "../../lib/routing/request_target.ts";
import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";

/** Makes the origin the one that was seen last. */
function warm(origin: string): void {
  requestTarget(`${origin}/`);
}

const ORIGIN = "http://app.test:8000";
const rows: Record<string, string> = {
  "plain": "/a/b",
  "root": "/",
  "query": "/a?b=c&d",
  "empty query": "/a?",
  "query with a slash and a question mark": "/a?b/../c?d",
  "query that is encoded": "/a?b='c'",
  "query with quotes": '/a?b="<>`{}|',
  "fragment": "/a#b",
  "query and fragment": "/a?b#c?d",
  "fragment before a question mark": "/a#b?c",
  "dot segments": "/a/../b",
  "one dot": "/a/./b",
  "dots at the end": "/a/..",
  "dots beyond the root": "/../../a",
  "encoded dots": "/a/%2e%2E/b",
  "half encoded dots": "/a/.%2e/b",
  "a name that begins with a dot": "/.well-known/x",
  "dots within a name": "/a..b/c.d",
  "backslash": "/a\\b",
  "backslash and dots": "/a\\..\\b",
  "two slashes": "//evil.test/x",
  "slash and backslash": "/\\evil.test",
  "empty segments": "/a//b//",
  "characters that are encoded": '/a"<>`{}b',
  "caret and bar": "/a^b|c[d]",
  "encoded slash": "/a%2Fb",
  "encoded tilde": "/%7Ea",
  "beyond ASCII": "/ü/é?ü",
  "space": "/a b?c d",
  "spaces at the end": "/a  ",
  "tab and newline": "/a\tb\n?c\td",
  "colon and at": "/a:b@c",
  "sub-delimiters": "/!$&'()*+,;=",
  "half a surrogate pair": "/\ud800?\udc00",
  "NUL": "/a%00b",
};

Deno.test("requestTarget() gives what URL gives, sliced or parsed", async (t) => {
  for (const [name, target] of Object.entries(rows)) {
    await t.step(name, () => {
      const url = ORIGIN + target;
      const { pathname, search } = new URL(url);
      warm("http://other.test");
      assertEquals(requestTarget(url), { pathname, search });
      warm(ORIGIN);
      assertEquals(requestTarget(url), { pathname, search });
      assertEquals(requestPathname(url), pathname);
    });
  }
});

Deno.test("requestTarget() reads the authority as URL does, whatever the Host header said", async (t) => {
  const urls = {
    "user and password": "http://u:p@h/zz/x",
    "query in the host": "http://h?q/x",
    "fragment in the host": "http://h#q/x",
    "upper case and the default port": "http://EXAMPLE.com:80/x",
    "longer host with the same beginning": "http://app.test.evil/x",
    "longer port": "http://app.test:80001",
    "user that looks like the host": "http://app.test:8000@evil/x",
    "backslash behind the host": "http://app.test:8000\\evil/x",
    "one-letter host": "http://x/hello",
    "address": "http://[::1]:8000/x",
    "https": "https://app.test:8000/x",
  };
  for (const [name, url] of Object.entries(urls)) {
    await t.step(name, () => {
      warm(ORIGIN);
      const parsed = URL.parse(url);
      if (parsed === null) assertThrows(() => requestTarget(url), HttpBadRequest);
      else assertEquals(requestTarget(url).pathname, parsed.pathname);
    });
  }
});

Deno.test("requestTarget() answers 400 to a URL that cannot be parsed", () => {
  for (const url of ["", "/", "a", "http://", "http://a b/x", "http://h:99999/", "//h/x"]) {
    assertEquals(assertThrows(() => requestTarget(url), HttpBadRequest).status, 400, url);
    assertThrows(() => requestPathname(url), HttpBadRequest);
  }
});

Deno.test("requestTarget() answers 400 to percent-escapes of a path that are not UTF-8", () => {
  warm(ORIGIN);
  for (const path of ["/%zz", "/%ff", "/%E0%A4", "/%", "/a/%4", "/%C3/%A9", "/%ED%A0%80"]) {
    assertThrows(() => requestTarget(ORIGIN + path), HttpBadRequest);
    assertThrows(() => requestPathname(ORIGIN + path), HttpBadRequest);
  }
  assertEquals(requestTarget(`${ORIGIN}/%C3%A9?%zz`), { pathname: "/%C3%A9", search: "?%zz" });
});

Deno.test("requestTarget() answers 414 to a path that is too long, however it is read", () => {
  warm(ORIGIN);
  const longest = "/" + "a".repeat(MAX_PATH_LENGTH - 1);
  assertEquals(requestPathname(ORIGIN + longest), longest);
  assertEquals(requestTarget(`${ORIGIN}${longest}?q`).search, "?q");
  for (const path of [`${longest}a`, "/ü".repeat(20_000), "/".repeat(70_000), `${longest}a?q`]) {
    assertEquals(assertThrows(() => requestPathname(ORIGIN + path), HttpError).status, 414);
  }
});

Deno.test("pathStart() is behind the origin's slash where that origin was parsed before", () => {
  warm(ORIGIN);
  assertEquals(pathStart(`${ORIGIN}/a?b`), ORIGIN.length + 1);
  assertEquals(pathStart(`${ORIGIN}/x/../a`), ORIGIN.length + 1);
  assertEquals(pathStart(ORIGIN), -1);
  assertEquals(pathStart("http://app.test:80001/a"), -1);
  assertEquals(pathStart("https://unseen.test/a"), -1);
});

Deno.test("isCanonicalPath() is true only where URL leaves the path as it is", async (t) => {
  warm(ORIGIN);
  for (const [name, target] of Object.entries(rows)) {
    await t.step(name, () => {
      const url = ORIGIN + target;
      const [path = ""] = target.split("?");
      const canonical = isCanonicalPath(url, pathStart(url));
      // An escape may stand for itself too, but what it encodes must be looked at.
      if (/[%#|^]/.test(path)) assertEquals(canonical, false);
      else assertEquals(canonical, new URL(url).pathname === path);
    });
  }
  await t.step("a path that is too long", () => {
    const url = `${ORIGIN}/${"a".repeat(MAX_PATH_LENGTH)}`;
    assertEquals(isCanonicalPath(url, pathStart(url)), false);
    assertEquals(isCanonicalPath(url.slice(0, -1), pathStart(url)), true);
  });
});
