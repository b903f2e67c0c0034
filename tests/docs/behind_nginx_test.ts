/**
 * What `docs/pyramid.md` and `docs/proxies.md` say of two apps behind one nginx and of a new secret,
 * typed and run page by page: a real nginx, a real Pyramid, and an app of ours under `deno serve`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingNginx, Nginx } from "../app/nginx.ts";
import { testUnless } from "../requirements.ts";
import { missingPyramid } from "../session/pyramid_process.ts";
import type { Block } from "./prose.ts";
import { blocksOf, missingForTyping, TypedApp } from "./typed_app.ts";

const ORIGIN = "https://app.test";
const OLDER = "older-4kQ9wZ2mX7vB1nL6cR8pT3y0aH5";
const NEWER = "newer-7Yx0Jw1mC3sV9kQ2bN8tR5pL4dF";

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The first block of a kind below a heading that a text stands in. */
function blockWith(blocks: readonly Block[], info: string, text: string): Block {
  const found = blocks.find((block) => block.info.startsWith(info) && block.text.includes(text));
  assert(found !== undefined, `${info} with ${text}`);
  return found;
}

function replaced(block: Block, ...changes: readonly (readonly [string, string])[]): Block {
  let { text } = block;
  for (const [from, to] of changes) {
    assert(text.includes(from), from);
    text = text.replace(from, to);
  }
  return { ...block, text };
}

/** Real Pyramid, as the page says that it is started, in a folder of its own. */
class TypedPyramid implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  #child: Deno.ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async at(port: number): Promise<TypedPyramid> {
    return new TypedPyramid(await Deno.makeTempDir(), port);
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/${name}`, text);
  }

  async start(commands: string): Promise<void> {
    await this.#stop();
    this.#child = new Deno.Command("sh", {
      args: ["-ec", commands.replace("python3 ", "exec python3 -W ignore ")],
      cwd: this.#folder,
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const ended = this.#child.status.then(() => true);
    for (;;) {
      const address = { hostname: "127.0.0.1", port: this.#port };
      const connection = await Deno.connect(address).catch(() => null);
      connection?.close();
      if (connection !== null) return;
      if (await Promise.race([ended, soon()])) throw new Error("Pyramid ended");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #stop(): Promise<void> {
    try {
      this.#child?.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await this.#child?.status;
    this.#child = undefined;
  }
}

async function soon(): Promise<false> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return false;
}

/** Both apps of `docs/pyramid.md` behind nginx. */
class Site implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack;
  readonly #deno: TypedApp;
  readonly #pyramid: TypedPyramid;
  readonly #commands: { readonly deno: Block; readonly pyramid: Block };
  readonly #nginx: Nginx;

  private constructor(
    parts: AsyncDisposableStack,
    deno: TypedApp,
    pyramid: TypedPyramid,
    commands: { readonly deno: Block; readonly pyramid: Block },
    nginx: Nginx,
  ) {
    this.#parts = parts;
    this.#deno = deno;
    this.#pyramid = pyramid;
    this.#commands = commands;
    this.#nginx = nginx;
  }

  static async typed(...changes: readonly (readonly [string, string])[]): Promise<Site> {
    const blocks = await blocksOf("docs/pyramid.md");
    const ports = { deno: freePort(), pyramid: freePort() };
    await using parts = new AsyncDisposableStack();
    const deno = parts.use(await TypedApp.beside());
    const json = (await blocksOf("README.md")).find(({ info }) => info === "json");
    await deno.write("deno.json", json);
    await deno.write("main.ts", blockWith(blocks, "ts", "SESSION_SECRETS"));
    const pyramid = parts.use(await TypedPyramid.at(ports.pyramid));
    const app = blockWith(blocks, "python", "behind_nginx");
    await pyramid.write("sessions.py", blockWith(blocks, "python", "RotatingSerializer").text);
    await pyramid.write(
      "pyramid_app.py",
      replaced(app, ["6543", String(ports.pyramid)], ...changes).text,
    );
    const more = replaced(
      blockWith(blocks, "nginx", "location /new/"),
      ["6543", String(ports.pyramid)],
      ["8000", String(ports.deno)],
    ).text;
    const nginx = parts.use(
      await Nginx.start({ site: { to: ports.deno, location: "/not-asked/", more } }),
    );
    const commands = {
      deno: replaced(
        blockWith(blocks, "sh", "deno serve"),
        ["deno serve", "exec deno serve"],
        ["8000", String(ports.deno)],
      ),
      pyramid: blockWith(blocks, "sh", "python3"),
    };
    return new Site(parts.move(), deno, pyramid, commands, nginx);
  }

  async startDeno(secrets: string): Promise<void> {
    await this.#deno.run(`printf '%s' '${secrets}' > secret.txt`);
    await this.#deno.serve(this.#commands.deno);
  }

  async startPyramid(secrets: string): Promise<void> {
    await this.#pyramid.write("secret.txt", secrets);
    await this.#pyramid.start(this.#commands.pyramid.text);
  }

  visitor(): TestClient {
    const fetch = (request: Request) => this.#nginx.ask("site", request);
    return new TestClient({ fetch }, { origin: ORIGIN });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]();
  }
}

/** Whom both apps say that the visitor is. */
async function seenBy(visitor: TestClient): Promise<string[]> {
  const texts = [];
  for (const path of ["/", "/new/"]) texts.push((await visitor.open(path)).text);
  return texts.map((text) => /^\w+: \w+/.exec(text)?.[0] ?? text);
}

const SIGNED_IN = ["Pyramid: ada", "Deno: ada"], SIGNED_OUT = ["Pyramid: nobody", "Deno: nobody"];

async function signIn(site: Site): Promise<TestClient> {
  const visitor = site.visitor();
  const page = await (await visitor.open("/")).form().submit({ user: "ada" });
  assertMatch(page.text, /^Pyramid: ada/);
  return visitor;
}

/** The token of Pyramid's form. */
async function tokenOf(visitor: TestClient): Promise<string> {
  const { text } = await visitor.open("/");
  return /name="csrf_token" value="(\w+)"/.exec(text)?.[1] ?? "";
}

const missing = missingForTyping ?? missingNginx ?? missingPyramid;

testUnless(
  missing,
  "docs/pyramid.md, Serve both behind nginx: a user signs in on Pyramid and out on Deno",
  async () => {
    await using site = await Site.typed();
    await site.startPyramid(OLDER);
    await site.startDeno(OLDER);
    const visitor = site.visitor();
    assertEquals(await seenBy(visitor), SIGNED_OUT);
    const page = await (await visitor.open("/")).form().submit({ user: "ada" });
    assertMatch(page.text, /^Pyramid: ada/);
    assertEquals(await seenBy(visitor), SIGNED_IN);
    const out = await (await visitor.open("/new/")).form().submit();
    assertMatch(out.text, /^Deno: nobody/);
    assertEquals(await seenBy(visitor), SIGNED_OUT);
  },
);

testUnless(
  missing,
  "docs/pyramid.md, Serve both behind nginx: without behind_nginx Pyramid redirects to http and checks no origin",
  async () => {
    const seen = [];
    for (const app of ["behind_nginx", "app"]) {
      await using site = await Site.typed([", behind_nginx)", `, ${app})`]);
      await site.startPyramid(OLDER);
      const visitor = site.visitor();
      let csrf_token = await tokenOf(visitor);
      const answers = [];
      for (const origin of [ORIGIN, "https://other.test"]) {
        const sent = await visitor.post("/sign-in", { user: "ada", csrf_token }, {
          redirect: "manual",
          headers: { origin },
        });
        await sent.body?.cancel();
        answers.push(sent.headers.get("location") ?? sent.status);
        csrf_token = await tokenOf(visitor);
      }
      seen.push(answers);
    }
    assertEquals(seen, [["https://app.test/", 400], ["http://app.test/", "http://app.test/"]]);
  },
);

testUnless(
  missing,
  "docs/pyramid.md, Change the secret: in three steps, each app in its turn, and no visitor is signed out",
  async (t) => {
    await using site = await Site.typed();
    const both = async (secrets: string) => {
      await site.startPyramid(secrets);
      await site.startDeno(secrets);
    };
    await both(OLDER);
    const visitor = await signIn(site), away = await signIn(site);
    const steps = [`${OLDER} ${NEWER}`, `${NEWER} ${OLDER}`];
    for (const [index, secrets] of steps.entries()) {
      for (const start of index === 0 ? ["Pyramid", "Deno"] : ["Deno", "Pyramid"]) {
        await t.step(`step ${index + 1}, ${start}`, async () => {
          if (start === "Deno") await site.startDeno(secrets);
          else await site.startPyramid(secrets);
          assertEquals(await seenBy(visitor), SIGNED_IN);
          assertEquals(await seenBy(await signIn(site)), SIGNED_IN);
        });
      }
    }
    await t.step("step 3", async () => {
      await both(NEWER);
      assertEquals(await seenBy(visitor), SIGNED_IN);
      assertEquals(await seenBy(away), SIGNED_OUT);
    });
  },
);

testUnless(
  missingForTyping ?? missingNginx,
  "docs/proxies.md, Configure nginx: lines, options and command give the visitor's URL and address",
  async (t) => {
    const page = "docs/proxies.md";
    const blocks = await blocksOf(page);
    const { text } = blockWith(blocks, "ts", "trusted: { hops: 1");
    const [, command = ""] = /`(deno serve --host [^`]+)`/.exec(
      await Deno.readTextFile(new URL(`../../${page}`, import.meta.url)),
    ) ?? [];
    const lines = blockWith(blocks, "nginx", "proxy_pass");
    const json = (await blocksOf("README.md")).find(({ info }) => info === "json");
    const rows = {
      "at the root": { path: "", lines },
      "under a path": {
        path: "/shop",
        lines: replaced(lines, ["location /", "location /shop/"], [":8000", ":8000/"]),
      },
    };
    for (const [name, { path, lines }] of Object.entries(rows)) {
      await t.step(name, async () => {
        const port = String(freePort());
        await using app = await TypedApp.beside();
        await app.write("deno.json", json);
        const main = replaced(
          { ...blocks[0]!, above: "`main.ts`", text },
          ["new Configurator(", "export default new Configurator("],
          ["https://app.test", `https://app.test${path}`],
        );
        await app.write("main.ts", {
          ...main,
          text: `${main.text.replace(/;\s*$/, "")}.addRoute("seen", "/seen", {
            view: (request) => Response.json([request.routeUrl("seen"), request.clientAddress]),
          }).makeApp();`,
        });
        await app.serve({ ...main, text: `exec ${command.replace("8000", port)}` });
        const more = replaced(lines, ["8000", port]).text;
        await using nginx = await Nginx.start({
          site: { to: Number(port), location: "/not-asked/", more },
        });
        const response = await nginx.ask(
          "site",
          new Request(`${ORIGIN}${path}/seen`, { headers: { "x-forwarded-for": "6.6.6.6" } }),
        );
        assertEquals(await response.json(), [`${ORIGIN}${path}/seen`, "127.0.0.1"]);
      });
    }
  },
);
