import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { filePath } from "../../lib/static/public_folder.ts";

const here = { dotfiles: false, windows: false };

/** As the route `/static/*` would capture it. */
function read(path: string, rules = here) {
  const { pathname } = new URL(`https://app.test/static/${path}`);
  if (!pathname.startsWith("/static/")) return "outside";
  return filePath(pathname, decodeURIComponent(pathname.slice("/static/".length)), rules);
}

Deno.test("filePath() reads names, and whether a folder is meant", async (t) => {
  const rows: Record<string, [path: string, segments: string[], isDirectory: boolean]> = {
    "a file": ["site.css", ["site.css"], false],
    "a file in a folder": ["css/site.css", ["css", "site.css"], false],
    "the folder itself": ["", [], true],
    "a folder in it": ["css/", ["css"], true],
    "a space": ["a%20b.txt", ["a b.txt"], false],
    "letters beyond ASCII": ["%C3%A9t%C3%A9.txt", ["été.txt"], false],
    "a percent sign": ["100%25.txt", ["100%.txt"], false],
    "dots within a name": ["a..b.tar.gz", ["a..b.tar.gz"], false],
    "an escape that was escaped": ["%252e%252e%252fa", ["%2e%2e%2fa"], false],
    "what Windows alone reads otherwise": ["nul.txt", ["nul.txt"], false],
    "dots that URL resolves": ["a/../b.txt", ["b.txt"], false],
  };
  for (const [name, [path, segments, isDirectory]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(read(path), { segments, isDirectory }));
  }
});

Deno.test("filePath() is null for whatever leaves the folder or has a second spelling", async (t) => {
  const rows: Record<string, string> = {
    "dots and an encoded slash": "..%2fsecret",
    "encoded dots and an encoded slash": "%2e%2e%2fsecret",
    "an encoded slash at the end": "%2e%2e%2f",
    "an encoded slash between names": "css%2Fsite.css",
    "an absolute path": "%2Fetc%2Fpasswd",
    "an empty segment first": "/etc/passwd",
    "an empty segment": "css//site.css",
    "two slashes at the end": "css//",
    "an encoded backslash": "..%5csecret",
    "a backslash within a name": "a%5Cb",
    "NUL": "site.css%00.html",
    "a line break": "site%0a.css",
    "DEL": "site%7f.css",
    "a dotfile": ".env",
    "a file in a dot folder": ".git/config",
    "a name of dots": "...",
  };
  for (const [name, path] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(read(path), null));
  }
  // `URL` resolves these, so they are given as a router would that does not.
  for (const rest of ["..", ".", "../secret", "a/../../secret", "a/./b", "a/.."]) {
    await t.step(`"${rest}" unresolved`, () => {
      for (const dotfiles of [false, true]) {
        assertEquals(filePath(`/static/${rest}`, rest, { ...here, dotfiles }), null);
      }
    });
  }
  await t.step("dots that leave the route", () => assertEquals(read("../secret"), "outside"));
  await t.step("what was captured elsewhere", () => {
    assertEquals(filePath("/static/b", "a", here), null);
    assertEquals(filePath("/b", "a/b/c", here), null);
    assertEquals(filePath("/%zz", "%zz", here), null);
  });
});

Deno.test("filePath() reads dotfiles where they are allowed", () => {
  assertEquals(read(".well-known/security.txt", { ...here, dotfiles: true }), {
    segments: [".well-known", "security.txt"],
    isDirectory: false,
  });
});

Deno.test("filePath() is null on Windows for names that Windows reads otherwise", async (t) => {
  const windows = { dotfiles: true, windows: true };
  const refused = [
    "C:",
    "C:/Windows",
    "c:secret",
    "a.txt::$DATA",
    "a.txt:stream",
    "a.txt.",
    "a.txt%20",
    "folder./a.txt",
    "nul",
    "NUL.txt",
    "con",
    "aux.js",
    "COM1",
    "lpt9.log",
    "com%C2%B9",
    "conin$",
    "nul%20.txt",
    "a*",
    "a%3F",
    "a%3Cb",
    "a%7Cb",
    "%22a",
  ];
  for (const path of refused) await t.step(path, () => assertEquals(read(path, windows), null));
  for (const path of ["console.js", "com.txt", "nullable.txt", "com10", "auxiliary/a.txt"]) {
    await t.step(`${path} is a name`, () => assertEquals(read(path, windows) === null, false));
  }
});

Deno.test("filePath() finds the end of a path whose beginning has an encoded slash", () => {
  assertEquals(filePath("/a%2Fb/static/c.txt", "c.txt", here), {
    segments: ["c.txt"],
    isDirectory: false,
  });
});
