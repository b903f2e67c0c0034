/**
 * `fileResponse()`: one file as an answer, seen through an app.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { type App, Configurator } from "@pyramidion/pyramidion";
import { fileResponse, type FileResponseOptions } from "@pyramidion/pyramidion/static";
import { RecordingLogger } from "../app/wire_app.ts";
import { leakFree } from "./leak_free.ts";
import { summary } from "./static_app.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

const TEXT = "0123456789";
const CHANGED = "2026-01-02T03:04:05.678Z";
const DATE = "Fri, 02 Jan 2026 03:04:05 GMT";

/** An app that answers every method of `/file` with a file, and what it logs. */
function appOf(
  path: string | URL,
  options?: FileResponseOptions,
  logger = new RecordingLogger(),
): App {
  return new Configurator({ logger })
    .addRoute("file", "/file")
    .addView((request) => fileResponse(request, path, options), {
      routeName: "file",
      requestMethod: ["GET", "POST"],
    }).makeApp();
}

async function ask(app: App, headers: HeadersInit = {}, method = "GET"): Promise<Response> {
  return await app.fetch(new Request("https://app.test/file", { headers, method }));
}

leakFree(missingForFiles, "fileResponse() sends type, length, validators and no more", async () => {
  await using folder = await TempFolder.with({ "a.txt": TEXT });
  await folder.changed("a.txt", CHANGED);
  const response = await ask(appOf(folder.at("a.txt")));
  const headers = Object.fromEntries(response.headers);
  assertMatch(headers["etag"] ?? "", /^W\/"a-[^"]+"$/);
  delete headers["etag"];
  assertEquals(headers, {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-length": "10",
    "content-type": "text/plain; charset=UTF-8",
    "last-modified": DATE,
    "x-content-type-options": "nosniff",
  });
  assertEquals([response.status, await response.text()], [200, TEXT]);
});

leakFree(
  missingForFiles,
  "fileResponse() answers conditions, ranges and HEAD as static views do",
  async (t) => {
    await using folder = await TempFolder.with({ "a.txt": TEXT });
    await folder.changed("a.txt", CHANGED);
    const app = appOf(folder.at("a.txt"), { downloadName: "b.txt" });
    const etag = (await ask(app, {}, "HEAD")).headers.get("etag") ?? "";
    type Row = [
      headers: HeadersInit,
      method: string,
      status: number,
      body: string,
      length?: string,
    ];
    const rows: Record<string, Row> = {
      "HEAD": [{}, "HEAD", 200, "", "10"],
      "the version that the visitor has": [{ "if-none-match": etag }, "GET", 304, ""],
      "the same by its date": [{ "if-modified-since": DATE }, "GET", 304, ""],
      "another version": [{ "if-none-match": '"x"' }, "GET", 200, TEXT, "10"],
      "a condition that fails": [{ "if-match": '"x"' }, "GET", 412, "412 Precondition Failed\n"],
      "a range": [{ range: "bytes=2-4" }, "GET", 206, "234", "3"],
      "the end": [{ range: "bytes=-2" }, "GET", 206, "89", "2"],
      "a range behind the end": [{ range: "bytes=10-" }, "GET", 416, "416 Range Not Satisfiable\n"],
      "a range of another version": [
        { range: "bytes=2-4", "if-range": '"x"' },
        "GET",
        200,
        TEXT,
        "10",
      ],
      "POST, whose conditions are about something else": [
        { range: "bytes=2-4", "if-none-match": etag },
        "POST",
        200,
        TEXT,
        "10",
      ],
    };
    for (const [name, [headers, method, status, body, length]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const response = await ask(app, headers, method);
        const seen = [response.status, await response.text()];
        assertEquals(seen, [status, body]);
        if (length !== undefined) assertEquals(response.headers.get("content-length"), length);
        assertEquals(response.headers.get("x-content-type-options"), "nosniff");
        const isFile = status < 400;
        assertEquals(
          response.headers.get("content-disposition"),
          isFile ? 'attachment; filename="b.txt"' : null,
        );
      });
    }
  },
);

leakFree(
  missingForFiles,
  "fileResponse() takes type, name and caching from its options",
  async (t) => {
    await using folder = await TempFolder.with({ "a.png": "a", "7f3a": "a" });
    const rows: Record<
      string,
      [name: string, options: FileResponseOptions, seen: (string | null)[]]
    > = {
      "by the extension": ["a.png", {}, ["image/png", null]],
      "without an extension": ["7f3a", {}, ["application/octet-stream", null]],
      "by the extension of the name": [
        "7f3a",
        { downloadName: "b.html" },
        ["text/html; charset=UTF-8", 'attachment; filename="b.html"'],
      ],
      "by that of the file before that of the name": [
        "a.png",
        { downloadName: "b.html" },
        ["image/png", 'attachment; filename="b.html"'],
      ],
      "stated": ["a.png", { contentType: "image/x-a; b=c" }, ["image/x-a; b=c", null]],
      "shown under a name": [
        "a.png",
        { downloadName: "b.png", disposition: "inline" },
        ["image/png", 'inline; filename="b.png"'],
      ],
      "saved under its own name": ["a.png", { disposition: "attachment" }, [
        "image/png",
        "attachment",
      ]],
    };
    for (const [name, [file, options, seen]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const { headers, body } = await ask(appOf(folder.at(file), options));
        await body?.cancel();
        assertEquals([headers.get("content-type"), headers.get("content-disposition")], seen);
      });
    }
    await t.step("caching, also of a 304", async () => {
      const app = appOf(folder.at("a.png"), { cacheControl: "public, max-age=60" });
      const first = await ask(app);
      await first.body?.cancel();
      const again = await ask(app, { "if-none-match": first.headers.get("etag") ?? "" });
      const seen = [first, again].map((
        { status, headers },
      ) => [status, headers.get("cache-control")]);
      assertEquals(seen, [[200, "public, max-age=60"], [304, "public, max-age=60"]]);
    });
    await t.step("a file: URL", async () => {
      const response = await ask(appOf(new URL(`file://${folder.at("a.png")}`)));
      assertEquals(await summary(response, "content-type"), [200, "image/png", "a"]);
    });
  },
);

leakFree(missingForFiles, "fileResponse() answers 404 for what is no file", async (t) => {
  await using folder = await TempFolder.with({ "sub/a.txt": "a" });
  const rows: Record<string, string> = {
    "no such file": folder.at("b.txt"),
    "an empty path": "",
    "a folder": folder.at("sub"),
    "a file as a folder": folder.at("sub/a.txt/b"),
    "a name that is too long": folder.at("a".repeat(5_000)),
    "a device": "/dev/null",
  };
  for (const [name, path] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = new RecordingLogger();
      assertEquals((await summary(await ask(appOf(path, {}, logger))))[0], 404);
      assertEquals(logger.lines, []);
    });
  }
});

leakFree(
  missingForFiles,
  "fileResponse() answers 404 and logs where it has no access",
  async () => {
    await using folder = await TempFolder.with({ "a.txt": "a" });
    const logger = new RecordingLogger();
    const { stat } = Deno;
    Object.assign(Deno, { stat: () => Promise.reject(new Deno.errors.PermissionDenied("no")) });
    try {
      assertEquals((await summary(await ask(appOf(folder.at("a.txt"), {}, logger))))[0], 404);
    } finally {
      Object.assign(Deno, { stat });
    }
    assertEquals(logger.lines, ["error: GET /file: no access to a file: PermissionDenied: no"]);
  },
);

leakFree(
  missingForLinks,
  "fileResponse() stays below its root, whatever a visitor names",
  async (t) => {
    await using folder = await TempFolder.with({
      "secret.txt": "s",
      "root/a.txt": "a",
      "root/sub/b.txt": "b",
      "root/.env": "e",
    });
    await Deno.symlink(folder.at("secret.txt"), folder.at("root/out.txt"));
    await Deno.symlink(folder.at("root/a.txt"), folder.at("root/in.txt"));
    await Deno.symlink(folder.at("root/.env"), folder.at("root/env.txt"));
    await Deno.symlink(folder.path, folder.at("root/up"));
    const rows: Record<string, [path: string, status: number]> = {
      "a file": ["a.txt", 200],
      "a file in a folder": ["sub/b.txt", 200],
      "a link within": ["in.txt", 200],
      "nothing": ["", 404],
      "the folder above": ["../secret.txt", 404],
      "the folder above, further on": ["sub/../../secret.txt", 404],
      "an absolute path": [folder.at("secret.txt"), 404],
      "a link that leads out": ["out.txt", 404],
      "a folder that leads out": ["up/secret.txt", 404],
      "a dotfile": [".env", 404],
      "a link to a dotfile": ["env.txt", 404],
      "a backslash": ["sub\\b.txt", 404],
      "a NUL": ["a.txt\0", 404],
      "two slashes": ["sub//b.txt", 404],
      "a folder": ["sub", 404],
      "a folder with a slash": ["sub/", 404],
      "a dot": ["./a.txt", 404],
      "an encoded dot, which is a name": ["%2e%2e/secret.txt", 404],
      "10,000 levels": ["a/".repeat(10_000), 404],
    };
    for (const [name, [path, status]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const logger = new RecordingLogger();
        const response = await ask(appOf(path, { root: folder.at("root") }, logger));
        assertEquals([(await summary(response))[0], logger.lines], [status, []]);
      });
    }
    await t.step("a dotfile that may be seen", async () => {
      const response = await ask(appOf(".env", { root: folder.at("root"), dotfiles: true }));
      assertEquals(await summary(response), [200, "e"]);
    });
    await t.step("a root that is a file: URL", async () => {
      const root = new URL(`file://${folder.at("root/")}`);
      assertEquals(await summary(await ask(appOf("a.txt", { root }))), [200, "a"]);
    });
    await t.step("a root that does not exist is logged", async () => {
      const logger = new RecordingLogger();
      const response = await ask(appOf("a.txt", { root: folder.at("no") }, logger));
      assertEquals((await summary(response))[0], 404);
      assertMatch(
        logger.lines.join(),
        /^error: The root "\S+\/no" of fileResponse\(\) does not exist/,
      );
    });
  },
);

leakFree(missingForFiles, "fileResponse() refuses what is no path and no option", async (t) => {
  const rows: Record<string, [path: unknown, options: object, message: string]> = {
    "no path": [undefined, {}, "Cannot use the path of fileResponse(): must be a string"],
    "a URL of the Web": [new URL("https://a.test/a"), {}, 'must be a path or a "file:" URL'],
    "a root of the Web": ["a", { root: new URL("https://a.test/") }, 'a "file:" URL'],
    "a URL below a root": [
      new URL("file:///etc/passwd"),
      { root: "/tmp" },
      "its path must be a string",
    ],
    "an unknown option": ["a", { filename: "b" }, 'Cannot use option "filename" of fileResponse()'],
    "a type with a line break": ["a", { contentType: "a/b\r\nx: y" }, "in ASCII and in one line"],
    "caching that is none": ["a", { cacheControl: 60 }, "must be the value of a header"],
    "a disposition that is none": [
      "a",
      { disposition: "save" },
      'must be "attachment" or "inline"',
    ],
    "a name that is none": ["a", { downloadName: 7 }, "must be a string, not the number 7"],
    "dotfiles by a word": ["a", { dotfiles: "yes" }, "must be true or false"],
  };
  for (const [name, [path, options, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = new RecordingLogger();
      const response = await ask(appOf(path as never, options, logger));
      assertEquals((await summary(response))[0], 500);
      const line = logger.lines.join();
      if (!line.includes(message)) assertEquals(line, message);
    });
  }
});
