/**
 * Which tests import a module, directly or through others.
 *
 * @module
 */

import { outputOf } from "./command.ts";
import { covers, repositoryFiles } from "./repository_files.ts";

/** A module and what it imports, by `deno info --json`. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** The imports of all tests. */
export class TestGraph {
  /** All of them, from the repository. */
  readonly tests: readonly string[];
  readonly #importers = new Map<string, Set<string>>();

  /**
   * @param tests The tests.
   * @param imports Which module imports which.
   */
  constructor(tests: readonly string[], imports: Iterable<readonly [from: string, to: string]>) {
    this.tests = tests;
    for (const [from, to] of imports) {
      const importers = this.#importers.get(to) ?? new Set();
      this.#importers.set(to, importers.add(from));
    }
  }

  /**
   * Reads the imports of a repository's tests.
   *
   * @param root The repository.
   * @param without Files and folders that are left out.
   */
  static async read(root: string, without: readonly string[]): Promise<TestGraph> {
    const tests = (await repositoryFiles(root)).filter((file) =>
      /^tests\/.+_test\.ts$/.test(file) && !without.some((path) => covers(path, file))
    );
    const base = new URL(`file://${root}/`).href;
    const entry = tests.map((test) => `import ${JSON.stringify(base + test)};`).join("\n");
    const address = `data:application/typescript,${encodeURIComponent(entry)}`;
    const text = await outputOf(Deno.execPath(), ["info", "--json", address], root);
    const { modules } = JSON.parse(text) as { modules: readonly Module[] };
    return new TestGraph(tests, importsOf(modules, base));
  }

  /**
   * The tests that a mutant of a module has to pass, in helpings, of which the first finds most:
   * the test of its name and those that import it, those of its room that reach it, all others that
   * reach it. A module that no test reaches has all tests: it may be run as a program.
   */
  testsOf(file: string): string[][] {
    const importers = this.#importers.get(file) ?? new Set();
    const reaching = this.#reaching(file);
    const reached = this.tests.filter((test) => reaching.has(test));
    const twin = file.replace(/^(?:lib\/)?/, "tests/").replace(/\.ts$/, "_test.ts");
    const room = twin.slice(0, twin.lastIndexOf("/") + 1);
    const ranks = Map.groupBy(reached.length === 0 ? this.tests : reached, (test) => {
      if (test === twin || importers.has(test)) return 0;
      return room !== "tests/" && test.startsWith(room) ? 1 : 2;
    });
    return ([0, 1, 2] as const).flatMap((rank) => [ranks.get(rank) ?? []]).filter(({ length }) =>
      length > 0
    );
  }

  #reaching(file: string): Set<string> {
    const reaching = new Set([file]);
    // A set gives what is added to it on the way.
    for (const to of reaching) for (const from of this.#importers.get(to) ?? []) reaching.add(from);
    return reaching;
  }
}

function* importsOf(modules: readonly Module[], base: string): Generator<[string, string]> {
  for (const { specifier: from, dependencies = [] } of modules) {
    for (const { code, type } of dependencies) {
      const to = code?.specifier ?? type?.specifier;
      if (to === undefined || !to.startsWith(base) || !from.startsWith(base)) continue;
      yield [from.slice(base.length), to.slice(base.length)];
    }
  }
}
