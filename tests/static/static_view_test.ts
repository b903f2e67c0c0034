/**
 * `staticView()`: what is refused at start-up, and a server asked by clients that are not polite.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
} from "@pyramidion/pyramidion";
import { staticView, type StaticViewOptions } from "@pyramidion/pyramidion/static";
import { exchange, receive, send, valuesOf } from "../app/raw_socket.ts";
import { missingForSocket, WireServer } from "../app/wire_app.ts";
import { leakFree } from "./leak_free.ts";
import { ask, staticApp, summary } from "./static_app.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

Deno.test("staticView() refuses paths and options that cannot be meant", async (t) => {
  const rows: Record<string, [path: string, options: object, message: string]> = {
    "no slash": ["static", {}, 'Cannot serve files under "static": must be a path'],
    "no slash, with a hint": ["static", {}, 'write "/static"'],
    "a star": ["/static/*", {}, "without characters of a pattern"],
    "a variable": ["/:tenant", {}, "without characters of a pattern"],
    "a group": ["/{static}?", {}, "without characters of a pattern"],
    "two slashes": ["//static", {}, "must be a path"],
    "two slashes at the end": ["/static//", {}, "must be a path"],
    "a space": ["/my files", {}, "must be a path"],
    "an unknown option": [
      "/static",
      { maxAge: 5 },
      'Cannot use option "maxAge" of staticView("/static"): no such option: did you mean "cacheMaxAge"?',
    ],
    "a path that is none": [7 as never, {}, "the path must be a string, not the number 7"],
    "a misspelt option": ["/static", { dotFile: true }, 'did you mean "dotfiles"?'],
    "half a second": ["/static", { cacheMaxAge: 0.5 }, "must be an integer of seconds"],
  };
  for (const [name, [path, options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => staticView(path, ".", options), ConfigurationError, message);
    });
  }
});

leakFree(
  missingForFiles,
  "staticView() tells the app's logger of a file that it may not read, unless it has one of its own",
  async () => {
    await using folder = await TempFolder.with({ "a.txt": "a" });
    const told = { app: 0, own: 0 };
    const logger = (whose: keyof typeof told) => ({
      warn: () => {},
      error: () => void told[whose]++,
    });
    const appOf = (options: StaticViewOptions) =>
      new Configurator({ logger: logger("app") })
        .include(staticView("/static", folder.path, options)).makeApp();
    const apps = [appOf({}), appOf({ logger: logger("own") })];
    const { realPath } = Deno;
    const denied = () => Promise.reject(new Deno.errors.PermissionDenied("a.txt"));
    Object.assign(Deno, { realPath: denied });
    try {
      const counts = [];
      for (const app of apps) {
        const { status } = await app.fetch(new Request("https://app.test/static/a.txt"));
        counts.push([status, told.app, told.own]);
      }
      assertEquals(counts, [[404, 1, 0], [404, 1, 1]]);
    } finally {
      Object.assign(Deno, { realPath });
    }
  },
);

leakFree(missingForFiles, "staticView() looks for the folder when it is included", async () => {
  await using folder = await TempFolder.with({});
  const include = staticView("/static", folder.at("later"));
  assertThrows(() => include(new Configurator()), ConfigurationError, "it does not exist");
  await folder.write("later/a.txt", "text");
  const config = new Configurator();
  include(config);
  assertEquals(await summary(await ask(config.makeApp(), "a.txt")), [200, "text"]);
});

leakFree(
  missingForFiles,
  "staticView() takes a path from the root, and the root itself",
  async (t) => {
    await using folder = await TempFolder.with({ "a.txt": "text" });
    const rows: Record<
      string,
      [path: string, options: StaticViewOptions, name: string, url: string]
    > = {
      "a path": ["/static", {}, "static:/static", "/static/css/a%20b.css"],
      "a slash at its end": ["/static/", {}, "static:/static", "/static/css/a%20b.css"],
      "two segments": ["/a/b", {}, "static:/a/b", "/a/b/css/a%20b.css"],
      "letters beyond ASCII": ["/été", {}, "static:/été", "/%C3%A9t%C3%A9/css/a%20b.css"],
      "the root": ["/", {}, "static:/", "/css/a%20b.css"],
      "a name": ["/static", { name: "assets" }, "assets", "/static/css/a%20b.css"],
    };
    for (const [name, [path, options, route, url]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const config = new Configurator();
        config.addRoute("urls", "/-/urls").addView(
          (request) => new Response(request.routePath(route, { 0: "css/a b.css" })),
          { routeName: "urls" },
        );
        config.include(staticView(path, folder.path, options));
        const app = config.makeApp();
        const get = async (path: string) =>
          await summary(await app.fetch(new Request(`https://app.test${path}`)));
        assertEquals(await get("/-/urls"), [200, url]);
        assertEquals(await get(url.replace("css/a%20b.css", "a.txt")), [200, "text"]);
      });
    }
  },
);

leakFree(missingForFiles, "staticView() twice under one path is a conflict", async () => {
  await using folder = await TempFolder.with({});
  const config = new Configurator();
  for (let i = 0; i < 2; i++) config.include(staticView("/static", folder.path));
  assertThrows(() => config.makeApp(), ConfigurationConflictError, "static:/static");
});

leakFree(missingForFiles, "staticView() appears under the prefix of its include", async () => {
  await using folder = await TempFolder.with({ "docs/index.html": "docs" });
  const config = new Configurator();
  config.include(staticView("/static", folder.path), { routePrefix: "/:tenant" });
  const app = config.makeApp();
  const get = async (path: string) =>
    await summary(await app.fetch(new Request(`https://app.test${path}`)), "location");
  assertEquals((await get("/a%2Fb/static/docs")).slice(0, 2), [301, "/a%2Fb/static/docs/"]);
  assertEquals(await get("/a%2Fb/static/docs/"), [200, null, "docs"]);
  assertEquals((await get("/a/static/docs%2Findex.html"))[0], 404);
});

leakFree(missingForFiles, "staticView() needs a permission only where it states one", async () => {
  await using folder = await TempFolder.with({ "a.txt": "text" });
  const asked: string[] = [];
  const policy = {
    identity: () => null,
    permits: (_request: unknown, _context: unknown, permission: string) => {
      asked.push(permission);
      return permission === "read";
    },
  };
  const get = async (options: StaticViewOptions) => {
    const config = new Configurator();
    config.setSecurityPolicy(policy);
    config.setDefaultPermission("enter");
    config.include(staticView("/static", folder.path, options));
    return await summary(await ask(config.makeApp(), "a.txt"), "cache-control");
  };
  assertEquals(await get({ cacheMaxAge: 60 }), [200, "public, max-age=60", "text"]);
  assertEquals(asked, []);
  assertEquals(await get({ cacheMaxAge: 60, permission: "read" }), [
    200,
    "private, max-age=60",
    "text",
  ]);
  assertEquals((await get({ permission: "write" }))[0], 403);
  assertEquals(asked, ["read", "write"]);
});

leakFree(missingForFiles, "staticView() answers GET and HEAD only", async () => {
  await using folder = await TempFolder.with({ "a.txt": "text" });
  for (const method of ["POST", "PUT", "DELETE"]) {
    const response = await ask(staticApp(folder), "a.txt", {}, method);
    const [status, allow] = await summary(response, "allow");
    assertEquals([status, allow], [405, "GET, HEAD"]);
  }
});

/** A public folder with a secret beside it. */
async function guarded(): Promise<{ folder: TempFolder; app: App }> {
  const folder = await TempFolder.with({
    "public/a.txt": "public",
    "public/docs/index.html": "docs",
    "public/.env": "SECRET",
    "secret.txt": "SECRET",
    "public-not/secret.txt": "SECRET",
  });
  await Deno.symlink("../secret.txt", folder.at("public/link.txt"));
  await Deno.symlink("..", folder.at("public/up"));
  const config = new Configurator();
  config.include(staticView("/static", folder.at("public")));
  return { folder, app: config.makeApp() };
}

leakFree(
  missingForSocket ?? missingForLinks,
  "no target on the wire leaves the folder",
  async (t) => {
    const { folder, app } = await guarded();
    await using _folder = folder;
    await using server = new WireServer(app);
    const targets = [
      "/static/../secret.txt",
      "/static/../../secret.txt",
      "/static/%2e%2e/secret.txt",
      "/static/%2E%2E/secret.txt",
      "/static/.%2e/secret.txt",
      "/static/%2e%2e%2fsecret.txt",
      "/static/..%2fsecret.txt",
      "/static/..%2Fsecret.txt",
      "/static/docs/..%2f..%2fsecret.txt",
      "/static/..%5csecret.txt",
      "/static/..\\secret.txt",
      "/static\\..\\secret.txt",
      "/static/%252e%252e%252fsecret.txt",
      "/static/..%c0%afsecret.txt",
      "/static/%c0%ae%c0%ae/secret.txt",
      "/static/..%ef%bc%8fsecret.txt",
      "/static/%00../secret.txt",
      "/static/..%00/secret.txt",
      "/static/a.txt%00",
      "/static/...//secret.txt",
      "/static/....//secret.txt",
      "/static/..;/secret.txt",
      "/static/.env",
      "/static/%2eenv",
      "/static/./.env",
      "/static/link.txt",
      "/static/up/secret.txt",
      "/static/up/public-not/secret.txt",
      "/static/..-not/secret.txt",
      "/static//etc/passwd",
      "/static/%2fetc%2fpasswd",
      `/static/${folder.at("secret.txt")}`,
      `/static${folder.at("secret.txt")}`,
      `/static/file://${folder.at("secret.txt")}`,
      "/static/C:/Windows/win.ini",
      "/static/C%3a%5cWindows%5cwin.ini",
      "/static/%zz",
      "http://evil.test/static/..%2fsecret.txt",
      "//static/..%2fsecret.txt",
    ];
    for (const target of targets) {
      await t.step(target.replace(folder.path, "…"), async () => {
        for (const method of ["GET", "HEAD"]) {
          const { status, body } = await exchange(server.port, `${method} ${target}`);
          assert(status === 404 || status === 400, `${method} ${status}`);
          assert(!body.includes("SECRET") && !body.includes("root:"), body);
        }
      });
    }
    await t.step("a target that resolves to a file of the folder is that file", async () => {
      for (
        const target of [
          "/static/docs/../a.txt",
          "/static/docs\\..\\a.txt",
          "/x/%2e%2e/static/a.txt",
        ]
      ) {
        const { status, body } = await exchange(server.port, `GET ${target}`);
        assertEquals([status, body], [200, "public"], target);
      }
    });
    await t.step("a redirection stays on the site whatever the host", async () => {
      for (const target of ["/static/docs", "http://evil.test/static/docs"]) {
        const answer = await exchange(server.port, `GET ${target}`, { host: "evil.test" });
        assertEquals([answer.status, valuesOf(answer, "location")], [301, ["/static/docs/"]]);
      }
    });
    assertEquals(server.caught, []);
  },
);

/** More than the buffers of two sockets hold. */
const LARGE = 32 * 1024 * 1024;

leakFree(
  missingForSocket ?? missingForFiles,
  "a large file arrives whole, and HEAD brings its length alone",
  async () => {
    const bytes = Uint8Array.from({ length: 1_000_003 }, (_, i) => i % 251);
    await using folder = await TempFolder.with({ "large.bin": bytes });
    await using server = new WireServer(staticApp(folder));
    const url = `http://127.0.0.1:${server.port}/static/large.bin`;
    assertEquals(await (await fetch(url)).bytes(), bytes);
    const part = await fetch(url, { headers: { range: "bytes=70000-900000" } });
    assertEquals(await part.bytes(), bytes.slice(70_000, 900_001));
    const head = await exchange(server.port, "HEAD /static/large.bin");
    assertEquals([head.status, valuesOf(head, "content-length"), head.body], [
      200,
      ["1000003"],
      "",
    ]);
  },
);

leakFree(
  missingForSocket ?? missingForFiles,
  "a client that goes away leaves no file open",
  async (t) => {
    await using folder = await TempFolder.with({ "large.bin": "" });
    await Deno.truncate(folder.at("large.bin"), LARGE);
    const app = staticApp(folder);
    const get = "GET /static/large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    // What is left open when a step ends makes it fail.
    await t.step("after it has read a part", async () => {
      await using server = new WireServer(app);
      for (let i = 0; i < 5; i++) {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
        await send(connection, get);
        await receive(connection, (received) => received.length > 100_000);
      }
    });
    await t.step("before it has read anything", async () => {
      await using server = new WireServer(app);
      for (let i = 0; i < 20; i++) {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
        await send(connection, get);
      }
    });
    await t.step("in the process itself", async () => {
      const response = await ask(app, "large.bin");
      await response.body?.cancel();
    });
  },
);

leakFree(
  missingForSocket ?? missingForFiles,
  "a file that becomes shorter while it is sent breaks its answer, not the server",
  async () => {
    await using folder = await TempFolder.with({ "large.bin": "", "a.txt": "text" });
    await Deno.truncate(folder.at("large.bin"), LARGE);
    await using server = new WireServer(staticApp(folder));
    const url = `http://127.0.0.1:${server.port}/static/`;
    const response = await fetch(`${url}large.bin`);
    const reader = response.body!.getReader();
    await reader.read();
    await Deno.truncate(folder.at("large.bin"), 10);
    await assertRejects(async () => {
      while (!(await reader.read()).done);
    }, TypeError);
    assertEquals(await (await fetch(`${url}a.txt`)).text(), "text");
    assertEquals(server.caught.length, 1);
  },
);
