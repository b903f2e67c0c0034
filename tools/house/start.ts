/**
 * What it takes to start: modules, and milliseconds to the first answer.
 *
 * @module
 */

import { median, pairedRatio } from "../../bench/statistics.ts";
import { outputOf } from "../mutate/command.ts";
import { CopiedTree } from "./copied_tree.ts";

/** The modules that are loaded before `mod.ts` runs. */
export interface LoadedModules {
  /** Files of the library. */
  readonly ours: number;
  /** All, the standard library included: two modules for each of its own, where `tools/std/` hands on. */
  readonly all: number;
}

/** A module by `deno info --json`. */
interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** What `deno info --json` prints. */
export interface Info {
  /** The addresses that were asked for. */
  readonly roots: readonly string[];
  /** Every module. */
  readonly modules: readonly InfoModule[];
  /** Which address leads to which. */
  readonly redirects?: Readonly<Record<string, string>>;
}

/** How long starts take. */
export interface Starts {
  /** The median in milliseconds, by the checkout's place in the list. */
  readonly milliseconds: readonly number[];
  /** The median of the ratios to a start without the library, round by round. */
  readonly toBare: readonly number[];
  /** The median of the ratios to the first checkout, round by round. */
  readonly toFirst: readonly number[];
}

/**
 * Counts what `mod.ts` of a checkout loads at once. Types and `import()` load nothing.
 *
 * @param folder The checkout.
 */
export async function measureModules(folder: string): Promise<LoadedModules> {
  return loadedModules(
    JSON.parse(await outputOf(Deno.execPath(), ["info", "--json", "mod.ts"], folder)),
  );
}

/**
 * Counts what the roots load at once.
 *
 * @param info What `deno info --json` printed.
 */
export function loadedModules({ roots, modules, redirects = {} }: Info): LoadedModules {
  const byAddress = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set(roots);
  // A set gives what is added to it on the way.
  for (const address of loaded) {
    for (const { isDynamic, code } of byAddress.get(address)?.dependencies ?? []) {
      const next = code?.specifier;
      if (next !== undefined && isDynamic !== true) loaded.add(redirects[next] ?? next);
    }
  }
  const home = roots[0]?.replace(/[^/]*$/, "") ?? "";
  const isOurs = (address: string) =>
    address.startsWith(home) && !address.slice(home.length).startsWith("tools/");
  return { ours: [...loaded].filter(isOurs).length, all: loaded.size };
}

/**
 * Times how long the sample app takes from the start of its process to the end of its first answer,
 * the end of the process included. Each round starts every checkout once, and a program without the
 * library once. The first round fills the caches and is not counted.
 *
 * @param folders The checkouts.
 * @param rounds How many rounds.
 */
export async function measureStarts(folders: readonly string[], rounds: number): Promise<Starts> {
  await using stack = new AsyncDisposableStack();
  const copies: CopiedTree[] = [];
  for (const folder of folders) copies.push(stack.use(await CopiedTree.of(folder)));
  const programs = copies.map((copy) => ({ copy, name: "first_answer.ts" }));
  const [first] = copies;
  if (first !== undefined) programs.unshift({ copy: first, name: "bare_answer.ts" });
  const samples = programs.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    const places = [...programs.keys()];
    // What is always started after the same other one would carry its traces.
    for (const place of round % 2 === 0 ? places : places.reverse()) {
      const program = programs[place];
      if (program === undefined) continue;
      const start = performance.now();
      await program.copy.run(program.name);
      if (round >= 0) samples[place]?.push(performance.now() - start);
    }
  }
  const [bare = [], ...taken] = samples;
  return {
    milliseconds: taken.map(median),
    toBare: taken.map((one) => pairedRatio(one, bare)),
    toFirst: taken.map((one) => pairedRatio(one, taken[0] ?? [])),
  };
}
