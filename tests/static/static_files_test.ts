/**
 * `StaticFiles`: the files of a folder as answers, seen through an app.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { Configurator, HttpNotFound, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { staticView } from "@pyramidion/pyramidion/static";
import { type FoundFile, PublicFolder } from "../../lib/static/public_folder.ts";
import { FileHashes } from "../../lib/static/file_hashes.ts";
import { StaticFiles } from "../../lib/static/static_files.ts";
import { RecordingLogger, SECRET } from "../app/wire_app.ts";
import { missingPermission } from "../requirements.ts";
import { leakFree } from "./leak_free.ts";
import { ask, staticApp, summary } from "./static_app.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

const CSS = "text/css; charset=UTF-8";
const TEXT = "0123456789";
const changed = "2026-01-02T03:04:05.678Z";
const date = "Fri, 02 Jan 2026 03:04:05 GMT";

leakFree(
  missingForFiles,
  "a file is sent with type, length, validators and no more",
  async () => {
    await using folder = await TempFolder.with({ "css/site.css": TEXT });
    await folder.changed("css/site.css", changed);
    const response = await ask(staticApp(folder), "css/site.css");
    const headers = Object.fromEntries(response.headers);
    assertMatch(headers["etag"] ?? "", /^W\/"a-[^"]+"$/);
    delete headers["etag"];
    assertEquals(headers, {
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-length": "10",
      "content-type": CSS,
      "last-modified": date,
      "x-content-type-options": "nosniff",
    });
    assertEquals([response.status, await response.text()], [200, TEXT]);
  },
);

leakFree(missingForFiles, "HEAD says what GET says, without the file", async () => {
  await using folder = await TempFolder.with({ "site.css": TEXT, "site.css.gz": "abc" });
  const app = staticApp(folder);
  for (const accept of ["identity", "gzip"]) {
    const get = await ask(app, "site.css", { "accept-encoding": accept });
    const head = await ask(app, "site.css", { "accept-encoding": accept }, "HEAD");
    assertEquals([...head.headers], [...get.headers]);
    assertEquals([head.status, head.body], [200, null]);
    await get.body?.cancel();
  }
});

leakFree(missingForFiles, "the type follows the last extension", async (t) => {
  const types: Record<string, string> = {
    "a.html": "text/html; charset=UTF-8",
    "a.HTML": "text/html; charset=UTF-8",
    "a.js": "text/javascript; charset=UTF-8",
    "a.min.css": CSS,
    "a.json": "application/json; charset=UTF-8",
    "a.svg": "image/svg+xml",
    "a.png": "image/png",
    "a.wasm": "application/wasm",
    "a.tar.gz": "application/gzip",
    "a": "application/octet-stream",
    "a.": "application/octet-stream",
    "a.nobody-knows": "application/octet-stream",
    "a.__proto__": "application/octet-stream",
  };
  await using folder = await TempFolder.with(
    Object.fromEntries(Object.keys(types).map((name) => [name, ""])),
  );
  const app = staticApp(folder);
  for (const [name, type] of Object.entries(types)) {
    await t.step(name, async () => {
      const response = await ask(app, name);
      assertEquals(await summary(response, "content-type", "content-length"), [200, type, "0", ""]);
    });
  }
});

leakFree(missingForFiles, "what is not there, or not a file, is 404", async (t) => {
  await using folder = await TempFolder.with({
    "a.txt": TEXT,
    "empty/.keep": "",
    ".env": "secret",
    "deep/.git/config": "secret",
  });
  await Deno.mkdir(folder.at("list/index.html"), { recursive: true });
  const app = staticApp(folder);
  const paths = [
    "nothing.txt",
    "",
    "empty",
    "empty/",
    "a.txt/",
    "a.txt/b",
    ".env",
    "deep/.git/config",
    "list",
    "list/",
    `${"x".repeat(300)}.txt`,
    "x/".repeat(5000),
    "..%2f",
  ];
  for (const path of paths) {
    await t.step(`"${path.slice(0, 20)}"`, async () => {
      for (const method of ["GET", "HEAD"]) {
        const response = await ask(app, path, {}, method);
        assertEquals([response.status, response.headers.get("cache-control")], [404, "no-store"]);
        await response.body?.cancel();
      }
    });
  }
  await t.step("a NUL is 400, as in every captured value", async () => {
    const response = await ask(app, "a.txt%00.html");
    assertEquals(response.status, 400);
    await response.body?.cancel();
  });
});

const missingForPipes = missingForLinks ?? missingPermission({ name: "run", command: "mkfifo" });

leakFree(missingForPipes, "what would block whoever opens it is 404", async () => {
  await using folder = await TempFolder.with({});
  const made = await new Deno.Command("mkfifo", { args: [folder.at("pipe.txt")] }).output();
  assert(made.success);
  assertEquals((await summary(await ask(staticApp(folder), "pipe.txt")))[0], 404);
});

leakFree(missingForFiles, "dotfiles are sent where the option says so", async () => {
  await using folder = await TempFolder.with({ ".well-known/security.txt": TEXT });
  const app = staticApp(folder, { dotfiles: true });
  assertEquals(await summary(await ask(app, ".well-known/security.txt")), [200, TEXT]);
});

leakFree(
  missingForFiles,
  "a folder is answered by its index.html, at the address with a slash",
  async (t) => {
    await using folder = await TempFolder.with({
      "index.html": "root",
      "docs/index.html": "docs",
      "a:b/index.html": "colon",
    });
    const app = staticApp(folder);
    const html = "text/html; charset=UTF-8";
    await t.step("the folder itself", async () => {
      assertEquals(await summary(await ask(app, ""), "content-type"), [200, html, "root"]);
    });
    await t.step("with a slash", async () => {
      assertEquals(await summary(await ask(app, "docs/"), "content-type"), [200, html, "docs"]);
    });
    const rows: Record<string, [path: string, location: string]> = {
      "without a slash": ["docs", "/static/docs/"],
      "with a query": ["docs?page=2&q=%2F", "/static/docs/?page=2&q=%2F"],
      "with a colon": ["a:b", "/static/a:b/"],
    };
    for (const [name, [path, location]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const [status, to, cache] = await summary(
          await ask(app, path),
          "location",
          "cache-control",
        );
        assertEquals([status, to, cache], [301, location, "no-cache"]);
      });
    }
  },
);

leakFree(missingForFiles, "an unchanged file is 304 with what a cache must know", async (t) => {
  await using folder = await TempFolder.with({ "a.txt": TEXT });
  await folder.changed("a.txt", changed);
  const app = staticApp(folder, { cacheMaxAge: 60 });
  const full = await ask(app, "a.txt");
  const etag = full.headers.get("etag") ?? "";
  await full.body?.cancel();
  for (const method of ["GET", "HEAD"]) {
    for (const condition of [{ "if-none-match": etag }, { "if-modified-since": date }]) {
      await t.step(`${method} ${Object.keys(condition)}`, async () => {
        const response = await ask(app, "a.txt", condition, method);
        assertEquals(response.status, 304);
        assertEquals(response.body, null);
        assertEquals(Object.fromEntries(response.headers), {
          "accept-ranges": "bytes",
          "cache-control": "public, max-age=60",
          etag,
          "last-modified": date,
          "x-content-type-options": "nosniff",
        });
      });
    }
  }
  await t.step("changed, it is sent", async () => {
    await folder.write("a.txt", "9876543210");
    const response = await ask(app, "a.txt", { "if-none-match": etag });
    assertEquals(await summary(response), [200, "9876543210"]);
  });
  await t.step("a condition does not make a missing file one", async () => {
    const response = await ask(app, "b.txt", { "if-none-match": "*" });
    assertEquals((await summary(response))[0], 404);
  });
  await t.step("a condition that fails is 412", async () => {
    const response = await ask(app, "a.txt", { "if-match": '"x"' });
    assertEquals((await summary(response))[0], 412);
  });
});

leakFree(missingForFiles, "a range is sent as 206, and one behind the end is 416", async (t) => {
  await using folder = await TempFolder.with({ "a.txt": TEXT, "empty.txt": "" });
  await folder.changed("a.txt", changed);
  const app = staticApp(folder);
  const rows: Record<
    string,
    [headers: Record<string, string>, status: number, range: string | null, body: string]
  > = {
    "from the middle": [{ range: "bytes=3-5" }, 206, "bytes 3-5/10", "345"],
    "to the end": [{ range: "bytes=7-" }, 206, "bytes 7-9/10", "789"],
    "the last two": [{ range: "bytes=-2" }, 206, "bytes 8-9/10", "89"],
    "everything": [{ range: "bytes=0-" }, 206, "bytes 0-9/10", TEXT],
    "several": [{ range: "bytes=0-0,5-6" }, 200, null, TEXT],
    "the same version": [{ range: "bytes=3-5", "if-range": date }, 206, "bytes 3-5/10", "345"],
    "another version": [{ range: "bytes=3-5", "if-range": '"x"' }, 200, null, TEXT],
  };
  for (const [name, [headers, status, range, body]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, "a.txt", headers);
      assertEquals(
        await summary(response, "content-range", "content-length", "x-content-type-options"),
        [status, range, String(body.length), "nosniff", body],
      );
    });
  }
  await t.step("behind the end", async () => {
    const response = await ask(app, "a.txt", { range: "bytes=10-" });
    const [status, range] = await summary(response, "content-range");
    assertEquals([status, range], [416, "bytes */10"]);
  });
  await t.step("behind the end of another version", async () => {
    const response = await ask(app, "a.txt", { range: "bytes=10-", "if-range": '"x"' });
    assertEquals(await summary(response), [200, TEXT]);
  });
  await t.step("an empty file", async () => {
    const response = await ask(app, "empty.txt", { range: "bytes=0-" });
    assertEquals(await summary(response, "content-length"), [200, "0", ""]);
  });
  await t.step("HEAD knows no ranges", async () => {
    const response = await ask(app, "a.txt", { range: "bytes=3-5" }, "HEAD");
    assertEquals(await summary(response, "content-range", "content-length"), [200, null, "10", ""]);
  });
  await t.step("304 goes first", async () => {
    const headers = { range: "bytes=10-", "if-none-match": "*" };
    assertEquals(await summary(await ask(app, "a.txt", headers)), [304, ""]);
  });
});

leakFree(
  missingForFiles,
  "a compressed file is sent to those who accept it, as another version",
  async (t) => {
    await using folder = await TempFolder.with({
      "site.css": TEXT,
      "site.css.br": "<br>",
      "site.css.gz": "<gzip>",
      "plain.css": TEXT,
    });
    for (const name of ["site.css", "site.css.br", "site.css.gz"]) {
      await folder.changed(name, changed);
    }
    const app = staticApp(folder);
    const names = ["content-encoding", "content-type", "vary", "content-length"];
    const rows: Record<string, [accept: string, coding: string | null, body: string]> = {
      "a browser": ["gzip, deflate, br, zstd", "br", "<br>"],
      "an older browser": ["gzip, deflate", "gzip", "<gzip>"],
      "nobody's coding": ["zstd", null, TEXT],
    };
    for (const [name, [accept, coding, body]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const response = await ask(app, "site.css", { "accept-encoding": accept });
        assertEquals(await summary(response, ...names), [
          200,
          coding,
          CSS,
          "Accept-Encoding",
          String(body.length),
          body,
        ]);
      });
    }
    await t.step("without Accept-Encoding", async () => {
      const response = await ask(app, "site.css");
      assertEquals(await summary(response, ...names), [
        200,
        null,
        CSS,
        "Accept-Encoding",
        "10",
        TEXT,
      ]);
    });
    await t.step("where there is none, nothing varies", async () => {
      const response = await ask(app, "plain.css", { "accept-encoding": "br" });
      assertEquals(await summary(response, ...names), [200, null, CSS, null, "10", TEXT]);
    });
    await t.step("each has its own tag, and 304 says what it varies by", async () => {
      const tags = new Set<string>();
      for (const accept of ["identity", "gzip", "br"]) {
        const full = await ask(app, "site.css", { "accept-encoding": accept });
        await full.body?.cancel();
        const etag = full.headers.get("etag") ?? "";
        for (const earlier of tags) {
          const response = await ask(app, "site.css", {
            "accept-encoding": accept,
            "if-none-match": earlier,
          });
          assertEquals((await summary(response))[0], 200);
        }
        const same = await ask(app, "site.css", {
          "accept-encoding": accept,
          "if-none-match": etag,
        });
        assertEquals(await summary(same, "vary", "etag"), [304, "Accept-Encoding", etag, ""]);
        tags.add(etag);
      }
      assertEquals(tags.size, 3);
    });
    await t.step("a range is one of the compressed bytes", async () => {
      const headers = { "accept-encoding": "gzip", range: "bytes=1-4" };
      const response = await ask(app, "site.css", headers);
      assertEquals(await summary(response, "content-encoding", "content-range"), [
        206,
        "gzip",
        "bytes 1-4/6",
        "gzip",
      ]);
    });
    await t.step("asked for by its own name it is a file", async () => {
      const response = await ask(app, "site.css.gz", { "accept-encoding": "gzip" });
      assertEquals(await summary(response, ...names), [
        200,
        null,
        "application/gzip",
        null,
        "6",
        "<gzip>",
      ]);
    });
    await t.step("the option turns it off", async () => {
      const plain = staticApp(folder, { precompressed: false });
      const response = await ask(plain, "site.css", { "accept-encoding": "br" });
      assertEquals(await summary(response, ...names), [200, null, CSS, null, "10", TEXT]);
    });
  },
);

leakFree(missingForFiles, "names with a fingerprint are kept for a year", async () => {
  await using folder = await TempFolder.with({ "a-0a1b2c3d.js": "", "index.html": "" });
  const app = staticApp(folder, { immutable: /-[0-9a-f]{8}\.js$/ });
  const cacheOf = async (path: string) => (await summary(await ask(app, path), "cache-control"))[1];
  assertEquals(await cacheOf("a-0a1b2c3d.js"), "public, max-age=31536000, immutable");
  assertEquals(await cacheOf(""), "no-cache");
});

leakFree(missingForFiles, "the session is never touched", async () => {
  await using folder = await TempFolder.with({ "a.txt": TEXT });
  const config = new Configurator();
  config.setSessionFactory(signedCookieSessionFactory(SECRET));
  config.include(staticView("/static", folder.path));
  const response = await ask(config.makeApp(), "a.txt", { cookie: "__Host-session=x" });
  assertEquals(await summary(response, "vary", "set-cookie", "cache-control"), [
    200,
    null,
    null,
    "no-cache",
    TEXT,
  ]);
});

/** A folder that answers as the test says, whatever lies on the disk. */
class StagedFolder extends PublicFolder {
  constructor(folder: TempFolder, readonly answer: (name: string) => Promise<FoundFile | null>) {
    super(folder.path, { dotfiles: false });
  }

  override find(segments: readonly string[]): Promise<FoundFile | null> {
    return this.answer(segments.join("/"));
  }
}

function staged(folder: TempFolder, answer: (name: string) => Promise<FoundFile | null>) {
  const logger = new RecordingLogger();
  const files = new StaticFiles(new StagedFolder(folder, answer), {
    cacheControl: () => "no-cache",
    hashes: new FileHashes(),
    precompressed: false,
    logger,
  });
  const url = new URL("https://app.test/static/a.txt");
  const get = (headers?: Record<string, string>) =>
    files.answer({ method: "GET", headers: new Headers(headers), url }, {
      segments: ["a.txt"],
      isDirectory: false,
    });
  return { get, logger };
}

leakFree(
  missingForFiles,
  "a file that may not be read is 404, and logged with its cause",
  async () => {
    await using folder = await TempFolder.with({});
    for (const kind of [Deno.errors.PermissionDenied, Deno.errors.NotCapable]) {
      const { get, logger } = staged(folder, () => Promise.reject(new kind("stat a.txt")));
      const error = await assertRejects(get, HttpNotFound);
      assert(error.cause instanceof kind);
      assertEquals(error.detail, "");
      assertEquals(logger.lines, [
        `error: GET /static/a.txt: no access: ${kind.name}: stat a.txt`,
      ]);
    }
  },
);

leakFree(missingForFiles, "an error of the disk is ours, not the visitor's", async () => {
  await using folder = await TempFolder.with({});
  const { get } = staged(folder, () => Promise.reject(new Error("EIO")));
  await assertRejects(get, Error, "EIO");
});

leakFree(
  missingForFiles,
  "a file that is removed before it is opened is 404, unlogged",
  async () => {
    await using folder = await TempFolder.with({ "other.txt": TEXT });
    const info = await Deno.stat(folder.at("other.txt"));
    const { get, logger } = staged(
      folder,
      () => Promise.resolve({ path: folder.at("a.txt"), info }),
    );
    await assertRejects(get, HttpNotFound);
    assertEquals(logger.lines, []);
  },
);

leakFree(
  missingForFiles,
  "a file that is replaced before it is opened is described as it is",
  async () => {
    await using folder = await TempFolder.with({ "a.txt": "new text", "old.txt": "old" });
    const info = await Deno.stat(folder.at("old.txt"));
    const { get } = staged(folder, () => Promise.resolve({ path: folder.at("a.txt"), info }));
    const response = await get();
    assert(response instanceof Response);
    assertMatch(response.headers.get("etag") ?? "", /^W\/"8-/);
    assertEquals(await summary(response, "content-length"), [200, "8", "new text"]);
  },
);

leakFree(
  missingForFiles,
  "a file that becomes a folder before it is opened is 404, and closed",
  async () => {
    await using folder = await TempFolder.with({ "a.txt/b.txt": "", "old.txt": "old" });
    const info = await Deno.stat(folder.at("old.txt"));
    const { get } = staged(folder, () => Promise.resolve({ path: folder.at("a.txt"), info }));
    await assertRejects(get, HttpNotFound);
  },
);
