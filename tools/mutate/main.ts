/**
 * Changes the library in small ways and tells which changes no test notices:
 * `deno task mutate [files] [--seed=N] [--sample=N]`.
 *
 * A survivor is a test that is missing, or it is equivalent: then it is listed in `equivalent.json`
 * with the reason. Mutants live in copies in a temporary folder, never in the working tree.
 *
 * @module
 */

import { limitOf } from "./baseline.ts";
import { endAll } from "./command.ts";
import { EQUIVALENT, isEquivalent, outdated } from "./equivalent.ts";
import { mutations } from "./operators.ts";
import { type Options, readOptions } from "./options.ts";
import { figures, mutantText, outdatedText } from "./report.ts";
import { namedFiles, touchedFiles } from "./repository_files.ts";
import { sampleOf } from "./sample.ts";
import { say } from "./say.ts";
import { TestGraph } from "./test_graph.ts";
import { type Mutant, type Outcome, tryMutant } from "./trial.ts";
import { Workspace } from "./workspace.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

if (import.meta.main) Deno.exit(await main());

/** The task. Its exit code is 1 where a mutant survived, 2 where none could be tried, 130 where it was interrupted. */
async function main(): Promise<number> {
  try {
    const drawn = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const options = readOptions(Deno.args, drawn);
    const files = options.paths.length === 0
      ? await touchedFiles(ROOT)
      : await namedFiles(ROOT, options.paths);
    return await mutate(files, options);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

async function mutate(files: readonly string[], options: Options): Promise<number> {
  const sources = new Map<string, string>();
  for (const file of files) sources.set(file, await Deno.readTextFile(`${ROOT}/${file}`));
  const all: Mutant[] = [...sources].flatMap(([file, source]) =>
    mutations(source).map((mutation) => ({ ...mutation, file }))
  );
  for (const one of outdated(EQUIVALENT, files, all)) say(outdatedText(one));
  const open = all.filter((mutant) => !isEquivalent(mutant, EQUIVALENT));
  const sample = sampleOf(open, options.sample, options.seed);
  say(
    `${sample.length} of ${open.length} mutants of ${files.length} files, --seed=${options.seed}`,
  );
  if (options.list) { for (const mutant of sample) say(mutantText(mutant)); }
  if (options.list || sample.length === 0) return 0;
  const outcomes = await tryAll(sample, sources, options);
  say(figures(outcomes, all.length - open.length));
  if (outcomes.length < sample.length) return 130;
  return outcomes.includes("survived") ? 1 : 0;
}

async function tryAll(
  sample: readonly Mutant[],
  sources: ReadonlyMap<string, string>,
  { jobs, limit, without }: Options,
): Promise<Outcome[]> {
  const graph = await TestGraph.read(ROOT, without);
  const outcomes: Outcome[] = [];
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      interrupted = true;
      endAll();
    });
  }
  // Their folders are removed however this ends.
  await using workspaces = new AsyncDisposableStack();
  const first = workspaces.use(await Workspace.copyOf(ROOT));
  const most = limit === null ? await limitOf(first, graph.tests) : limit * 1000;
  const queue = sample.values();
  const work = async (workspace: Workspace) => {
    for (const mutant of queue) {
      const source = sources.get(mutant.file) ?? "";
      const tests = graph.testsOf(mutant.file);
      const outcome = await tryMutant(workspace, source, mutant, tests, most);
      if (interrupted) return;
      outcomes.push(outcome);
      say(`${outcomes.length}/${sample.length} ${outcome}: ${mutantText(mutant)}`);
    }
  };
  const others = Array.from({ length: jobs - 1 }, () => Workspace.copyOf(ROOT));
  const all = [first, ...(await Promise.all(others)).map((one) => workspaces.use(one))];
  await Promise.all(all.map(work));
  return outcomes;
}
