/**
 * The house keeps its floors: who may import whom, without cycles, and where cryptography and
 * foreign code may occur. The rules are pure functions over a graph; `deno info` draws the graph.
 * The rules of rooms, files, facts and names are in `tools/house/rules.ts`; `deno task house --faults`
 * lists what breaks them.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { readTree } from "../tools/house/house_tree.ts";
import { RULES } from "../tools/house/rules.ts";
import { requireAll } from "./vectors.ts";

/** One import: from which module, as it is written, and to which module of ours, if it is one. */
interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly to: string | null;
  /** Whether it is loaded before the importing module runs; not so types and `import()`. */
  readonly atStart?: boolean;
}

/**
 * How often each rule of `tools/house/rules.ts` is still broken. A number may only become smaller, and
 * has to as soon as it can.
 */
const ALLOWED: Readonly<Record<string, number>> = {
  "a room has 3 to 15 files": 0,
  "a file has at most 300 lines of code": 0,
  "a small file with one importer has a reason of its own": 0,
  "a file has a test of its name": 4,
  "a fact is said in one file": 0,
  "a name is exported by one module": 1,
  "a name says what it names": 0,
};

/** What breaks a rule for good, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a file has a test of its name": {
    "lib/cli/mod.ts": "the program, which tests/cli/command_line_test.ts runs",
  },
};

/** Rooms and their floors; the longest that a module's path begins with is its room. */
const FLOORS: ReadonlyMap<string, number> = new Map([
  ["lib/http/", 0],
  ["lib/routing/", 1],
  ["lib/session/contract/", 1],
  ["session.ts", 2],
  ["lib/views/", 3],
  ["lib/session/", 3],
  ["lib/app/", 4],
  ["lib/configurator/", 5],
  ["configurator.ts", 6],
  ["parts.ts", 6.5],
  ["mod.ts", 7],
  ["types.ts", 7],
  ["lib/browser_policies/", 7],
  ["lib/authentication/", 7],
  ["lib/static/", 7],
  ["lib/operations/", 7],
  ["lib/auth_tkt/", 7],
  ["lib/testing/", 7],
  ["lib/cli/", 7],
]);

/** What is directly under `lib/` is known to all, `lib/http/` included: they are one room. */
function roomOf(module: string): string | null {
  if (/^lib\/[^/]+$/.test(module)) return "lib/http/";
  const rooms = [...FLOORS.keys()].filter((room) =>
    room.endsWith("/") ? module.startsWith(room) : module === room
  );
  return rooms.sort((one, other) => other.length - one.length)[0] ?? null;
}

/** Imports that a module's floor forbids, and modules that have none. */
function misplaced(imports: readonly Import[], modules: readonly string[]): string[] {
  const faults = modules.filter((module) => roomOf(module) === null)
    .map((module) => `${module} is in no room`);
  for (const { from, to } of imports) {
    if (to === null) continue;
    const [room, other] = [roomOf(from), roomOf(to)];
    if (room === null || room === other) continue;
    const floor = FLOORS.get(room) ?? -1;
    const below = other !== null && (FLOORS.get(other) ?? Infinity) < floor;
    // The app and its views know sessions by session.ts and the room of the contract behind it only.
    const secret = other === "lib/session/" && (room === "lib/app/" || room === "lib/views/");
    if (!below || secret) faults.push(`${from} imports ${to}`);
  }
  return faults;
}

/** Every cycle that a walk in depth runs into, as the modules along it; none means there is none. */
function cycles(imports: readonly Import[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (module: string, path: readonly string[]): void => {
    const at = path.indexOf(module);
    if (at !== -1) found.push([...path.slice(at), module]);
    if (at !== -1 || done.has(module)) return;
    for (const { to } of next.get(module) ?? []) {
      if (to !== null) walk(to, [...path, module]);
    }
    done.add(module);
  };
  for (const module of next.keys()) walk(module, []);
  return found;
}

/** Everything that is loaded before a module runs: modules of ours, and specifiers of others. */
function loadedWith(module: string, imports: readonly Import[]): Set<string> {
  const loaded = new Set([module]);
  // A set gives what is added to it on the way.
  for (const from of loaded) {
    for (const next of imports) {
      if (next.from === from && next.atStart) loaded.add(next.to ?? next.specifier);
    }
  }
  return loaded;
}

/** What a module may import besides: the database that it is a store for. */
const OF_THE_RUNTIME: ReadonlyMap<string, RegExp> = new Map([
  ["node:sqlite", /^lib\/session\/stores\/sqlite/],
]);

/** Imports of anything but our own files and Deno's standard library. */
function foreign(imports: readonly Import[]): string[] {
  return imports
    .filter(({ specifier }) => !/^(?:\.\.?\/|jsr:@std\/)/.test(specifier))
    .filter(({ from, specifier }) => OF_THE_RUNTIME.get(specifier)?.test(from) !== true)
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
}

/** The faults without exceptions, and the exceptions without a fault. */
function judged(
  faults: readonly string[],
  exceptions: Readonly<Record<string, string>> = {},
): { open: string[]; needless: string[] } {
  const isOf = (fault: string, subject: string) =>
    fault === subject || fault.startsWith(`${subject} `) || fault.startsWith(`${subject}:`);
  const subjects = Object.keys(exceptions);
  return {
    open: faults.filter((fault) => !subjects.some((subject) => isOf(fault, subject))),
    needless: subjects.filter((subject) => !faults.some((fault) => isOf(fault, subject))),
  };
}

/** Whether code, comments left out, reaches for SubtleCrypto. */
function usesSubtleCrypto(source: string): boolean {
  const code = source.replace(/^\s*(?:\/\*|\*|\/\/).*$/gm, "");
  return /\bsubtle\b|\bSubtleCrypto\b/.test(code);
}

const root = new URL("../", import.meta.url);

/** Every module of the library: the doors, and all files in the rooms. */
function* libraryModules(folder = ""): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder || ".", root))) {
    const path = folder + entry.name;
    if (entry.isFile && path.endsWith(".ts")) yield path;
    if (entry.isDirectory && (folder !== "" || entry.name === "lib")) {
      yield* libraryModules(`${path}/`);
    }
  }
}

interface Dependency {
  specifier: string;
  isDynamic?: boolean;
  code?: { specifier?: string };
  type?: { specifier?: string };
}

interface Graph {
  modules: { specifier: string; dependencies?: Dependency[]; error?: string }[];
}

function isGraph(value: unknown): value is Graph {
  return typeof value === "object" && value !== null && "modules" in value &&
    Array.isArray(value.modules);
}

/** The imports of the given modules, those of types only and `import()` of a literal included. */
async function importsOf(modules: readonly string[]): Promise<Import[]> {
  // One entry that imports all, so that files which no door reaches are seen, too.
  const entry = modules.map((module) => `import ${JSON.stringify(new URL(module, root).href)};`);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:application/typescript,${encodeURIComponent(entry.join("\n"))}`],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const graph: unknown = JSON.parse(new TextDecoder().decode(stdout));
  assert(isGraph(graph));
  const ours = new Map(modules.map((module) => [new URL(module, root).href, module]));
  const imports: Import[] = [];
  for (const { specifier: url, dependencies = [], error } of graph.modules) {
    const from = ours.get(url);
    if (from === undefined) continue;
    assertEquals(error, undefined, from);
    for (const { specifier, isDynamic = false, code, type } of dependencies) {
      // `links` resolves the standard library into tools/std/, which is no room of the house.
      const url = specifier.startsWith("jsr:") ? undefined : code?.specifier ?? type?.specifier;
      const to = url?.startsWith(root.href) ? url.slice(root.href.length) : null;
      imports.push({ from, specifier, to, atStart: code !== undefined && !isDynamic });
    }
  }
  return imports;
}

/** The graph of made-up modules: `"a.ts": ["b.ts"]` is a.ts importing b.ts. */
function planted(graph: Record<string, string[]>): Import[] {
  return Object.entries(graph).flatMap(([from, targets]) =>
    targets.map((to) => ({ from, specifier: `./${to}`, to }))
  );
}

Deno.test("misplaced finds a planted upward import, and nothing in a house in order", async (t) => {
  const rows: Record<string, [from: string, to: string, allowed: boolean]> = {
    "a lower floor": ["lib/app/app.ts", "lib/routing/route_table.ts", true],
    "the same room": ["lib/app/app.ts", "lib/app/router.ts", true],
    "a folder of the same room": ["lib/session/cookie.ts", "lib/session/stores/memory.ts", true],
    "the ground": ["lib/http/cookies.ts", "lib/configuration_error.ts", true],
    "the contract of sessions": ["lib/app/app.ts", "session.ts", true],
    "the room of the contract": ["session.ts", "lib/session/contract/state.ts", true],
    "the room of the contract, to a check of options": [
      "lib/configurator/options.ts",
      "lib/session/contract/factory.ts",
      true,
    ],
    "a session that lives somewhere, to the contract": [
      "lib/session/schema.ts",
      "lib/session/contract/factory.ts",
      true,
    ],
    "a door to all": ["mod.ts", "lib/session/formats/signed.ts", true],
    "a higher floor": ["lib/routing/route.ts", "lib/app/app.ts", false],
    "one floor up": ["lib/http/html.ts", "lib/routing/route.ts", false],
    "the ground to a room": ["lib/log.ts", "lib/routing/route.ts", false],
    "another room of the same floor": ["lib/app/app.ts", "lib/configurator/plan.ts", false],
    "two doors": ["lib/testing/test_client.ts", "mod.ts", false],
    "the contract to what is behind it": ["session.ts", "lib/session/crypto/key_ring.ts", false],
    "the contract to where sessions live": [
      "lib/session/contract/state.ts",
      "lib/session/lifetimes.ts",
      false,
    ],
    "the contract to its door": ["lib/session/contract/state.ts", "session.ts", false],
    "the app to what is behind the contract": [
      "lib/app/app.ts",
      "lib/session/crypto/key_ring.ts",
      false,
    ],
    "views to what is behind the contract": [
      "lib/views/csrf.ts",
      "lib/session/crypto/key_ring.ts",
      false,
    ],
    "out of the house": ["lib/app/app.ts", "tests/vectors.ts", false],
  };
  for (const [name, [from, to, allowed]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        misplaced(planted({ [from]: [to] }), []),
        allowed ? [] : [`${from} imports ${to}`],
      );
    });
  }
  await t.step("a module without a room", () => {
    assertEquals(misplaced([], ["lib/attic/a.ts", "lib/log.ts"]), ["lib/attic/a.ts is in no room"]);
  });
});

Deno.test("cycles finds a planted cycle, and none where there is none", async (t) => {
  const rows: Record<string, [graph: Record<string, string[]>, found: string[][]]> = {
    "a chain": [{ a: ["b"], b: ["c"] }, []],
    "a diamond": [{ a: ["b", "c"], b: ["d"], c: ["d"] }, []],
    "itself": [{ a: ["a"] }, [["a", "a"]]],
    "two": [{ a: ["b"], b: ["a"] }, [["a", "b", "a"]]],
    "three behind a chain": [
      { x: ["y"], y: ["a"], a: ["b"], b: ["c"], c: ["a"] },
      [["a", "b", "c", "a"]],
    ],
    "one that a walk from elsewhere has passed": [
      { x: ["b"], a: ["b"], b: ["c", "a"], c: [] },
      [["b", "a", "b"]],
    ],
  };
  for (const [name, [graph, found]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(cycles(planted(graph)), found));
  }
});

Deno.test("loadedWith follows imports, and neither types nor import()", () => {
  const row = (from: string, to: string | null, atStart: boolean) => (
    { from, specifier: `./${to ?? "other.ts"}`, to, atStart }
  );
  const imports = [
    row("b.ts", "c.ts", true),
    row("a.ts", "b.ts", true),
    row("c.ts", "a.ts", true),
    row("c.ts", null, true),
    row("c.ts", "late.ts", false),
    row("late.ts", "later.ts", true),
  ];
  assertEquals([...loadedWith("a.ts", imports)].sort(), ["./other.ts", "a.ts", "b.ts", "c.ts"]);
});

Deno.test("foreign finds what is neither ours nor Deno's standard library", () => {
  const specifiers = [
    "./a.ts",
    "../a.ts",
    "jsr:@std/html@^1.0.0",
    "jsr:@other/a@1",
    "npm:a",
    "node:fs",
    "https://a.test/a.ts",
  ];
  const imports = specifiers.map((specifier) => ({ from: "a", specifier, to: null }));
  assertEquals(foreign(imports), specifiers.slice(3).map((specifier) => `a imports ${specifier}`));
});

Deno.test("judged spares an exception by its whole name, and finds one that nothing needs", () => {
  const faults = ["lib/a has 2 files", "lib/a.ts", "lib/a_b.ts", "Name: lib/a.ts, lib/b.ts"];
  assertEquals(judged(faults), { open: faults, needless: [] });
  assertEquals(
    judged(faults, { "lib/a": "why", "lib/a.ts": "why", "Name": "why", "lib/b.ts": "why" }),
    { open: ["lib/a_b.ts"], needless: ["lib/b.ts"] },
  );
});

Deno.test("foreign lets a store import its database, and nobody else", () => {
  const rows = [
    ["lib/session/stores/sqlite_store.ts", "node:sqlite"],
    ["lib/session/stores/sqlite_store.ts", "node:fs"],
    ["lib/session/stores/memory.ts", "node:sqlite"],
    ["lib/app/app.ts", "node:sqlite"],
  ] as const;
  const imports = rows.map(([from, specifier]) => ({ from, specifier, to: null }));
  const found = rows.slice(1).map(([from, specifier]) => `${from} imports ${specifier}`);
  assertEquals(foreign(imports), found);
});

Deno.test("usesSubtleCrypto sees code and not comments", () => {
  const code = [
    "await crypto.subtle.sign()",
    "globalThis.crypto?.subtle",
    "const { subtle } = crypto;",
    'crypto["subtle"]',
    "let s: SubtleCrypto;",
  ];
  const innocent = [" * by SubtleCrypto", "// crypto.subtle", "/** crypto.subtle */", "subtleties"];
  assertEquals(code.filter(usesSubtleCrypto), code);
  assertEquals(innocent.filter(usesSubtleCrypto), []);
});

function missingPermission(): string | null {
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") {
    return "reading files is not permitted";
  }
  const run = Deno.permissions.querySync({ name: "run", command: Deno.execPath() });
  return run.state === "granted" ? null : "running deno is not permitted";
}

const reason = missingPermission();

Deno.test({
  name: `the library keeps its floors${reason === null ? "" : ` (skipped: ${reason})`}`,
  ignore: reason !== null && !requireAll,
  async fn(t) {
    assertEquals(reason, null);
    const modules = [...libraryModules()].sort();
    const imports = await importsOf(modules);
    // Guards the tests below against an empty graph.
    assert(
      imports.some(({ from, to }) =>
        from === "lib/http/redirect.ts" && to === "lib/http/errors.ts"
      ),
    );
    // A module that is loaded when it is first wanted is imported like any other.
    assert(
      imports.some(({ from, to }) => from === "lib/http/body.ts" && to === "lib/http/multipart.ts"),
    );
    await t.step("a module imports from its own room or a lower floor", () => {
      assertEquals(misplaced(imports, modules), []);
    });
    await t.step("no module imports itself through others, by types neither", () => {
      assertEquals(cycles(imports).map((cycle) => cycle.join(" → ")), []);
    });
    await t.step("nothing is imported but ours and Deno's standard library", () => {
      assertEquals(foreign(imports), []);
    });
    await t.step("mod.ts loads nothing that a first plain answer does without", () => {
      const loaded = loadedWith("mod.ts", imports);
      const late = [
        "lib/app/development/page.ts",
        "lib/app/event_stream.ts",
        "lib/app/report.ts",
        "lib/http/multipart.ts",
        "lib/session/cookies/pyramid_contents.ts",
        "lib/session/formats/pyramid_payload.ts",
        "lib/views/error_pages.ts",
      ];
      assertEquals(late.filter((module) => loaded.has(module)), []);
      assertEquals(late.filter((module) => !modules.includes(module)), []);
      // What loads and commits a session waits for no further module.
      const early = [
        "load",
        "commit",
        "sessions",
        "cookies/cookie_backend",
        "formats/native_payload",
      ]
        .map((name) => `lib/session/${name}.ts`);
      assertEquals(early.filter((module) => !loaded.has(module)), []);
      const apart =
        /^lib\/(?:auth_tkt|authentication|browser_policies|operations|static|testing|cli|session\/store[ds]|app\/(?:development|observed)|views\/forms)\//;
      assertEquals([...loaded].filter((module) => apart.test(module)), []);
      assert(modules.some((module) => apart.test(module)));
    });
    await t.step("a store loads its own database and no other store's", () => {
      const doors = ["memory", "sqlite", "deno_kv", "redis/redis_store", "postgres/postgres_store"];
      const stores = doors.map((door) => door.replace(/\/.*/, ""));
      for (const [index, store] of stores.entries()) {
        const loaded = [...loadedWith(`lib/session/stores/${doors[index]}.ts`, imports)];
        assert(loaded.length > 5, store);
        const others = stores.filter((other) => other !== store);
        const foreign = loaded.filter((module) =>
          others.some((other) => module.startsWith(`lib/session/stores/${other}`))
        );
        assertEquals(foreign, [], store);
        assertEquals(loaded.includes("node:sqlite"), store === "sqlite");
      }
    });
    await t.step("the command line loads no store before it is given its address", () => {
      const loaded = [...loadedWith("lib/cli/mod.ts", imports)];
      assertEquals(loaded.filter((module) => /^lib\/session\/stores\/|^node:/.test(module)), []);
      for (const store of ["sqlite", "deno_kv"]) {
        const to = `lib/session/stores/${store}.ts`;
        assert(imports.some((one) => one.from === "lib/cli/store_address.ts" && one.to === to), to);
      }
    });
    await t.step("SubtleCrypto occurs in lib/session/crypto only", () => {
      const users = modules.filter((module) =>
        usesSubtleCrypto(Deno.readTextFileSync(new URL(module, root)))
      );
      assertEquals(users.filter((module) => !module.startsWith("lib/session/crypto/")), []);
      assert(users.length > 0);
    });
  },
});

Deno.test({
  name: `the library keeps the rules of the house${reason === null ? "" : ` (skipped: ${reason})`}`,
  ignore: reason !== null && !requireAll,
  async fn(t) {
    assertEquals(reason, null);
    const tree = await readTree(root.pathname.replace(/\/$/, ""));
    assert(tree.tests.includes("tests/architecture_test.ts"));
    assertEquals(Object.keys(ALLOWED), Object.keys(RULES));
    assertEquals(Object.keys(EXCEPTIONS).filter((name) => !(name in RULES)), []);
    for (const [name, rule] of Object.entries(RULES)) {
      await t.step(name, () => {
        const { open, needless } = judged(rule(tree), EXCEPTIONS[name]);
        assertEquals(needless, [], "These exceptions are not needed any more");
        assertEquals(
          open.length,
          ALLOWED[name],
          `Mend what is new, or lower the number in ALLOWED:\n${open.join("\n")}`,
        );
      });
    }
  },
});
