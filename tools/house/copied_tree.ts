/**
 * A copy of a checkout's library in a temporary folder, where the sample app is run.
 *
 * @module
 */

import { outputOf } from "../mutate/command.ts";
import { libraryFiles } from "./house_tree.ts";

const PROGRAMS = [
  "note.ts",
  "recorder.ts",
  "sample_app.ts",
  "record_trips.ts",
  "first_answer.ts",
  "bare_answer.ts",
];

/** A copy; it is removed when it is disposed of. */
export class CopiedTree implements AsyncDisposable {
  /** The copy's folder. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Copies the library of a checkout, its standard library, and the programs of this tool.
   *
   * @param folder The checkout.
   * @param change What becomes of each file of the library. Default: it stays as it is.
   */
  static async of(
    folder: string,
    change: (text: string, path: string) => string = (text) => text,
  ): Promise<CopiedTree> {
    const paths = await libraryFiles(folder);
    const copy = new CopiedTree(await Deno.makeTempDir({ prefix: "house-" }));
    for (const path of paths) {
      await copy.#write(path, change(await Deno.readTextFile(`${folder}/${path}`), path));
    }
    for (const path of ["deno.json", "deno.lock"]) {
      await copy.#write(path, await Deno.readTextFile(`${folder}/${path}`));
    }
    for (const path of await Array.fromAsync(everythingUnder(`${folder}/tools/std`))) {
      await copy.#write(`tools/std${path}`, await Deno.readTextFile(`${folder}/tools/std${path}`));
    }
    for (const name of PROGRAMS) {
      const program = await Deno.readTextFile(new URL(name, import.meta.url));
      await copy.#write(`tools/house/${name}`, program);
    }
    return copy;
  }

  /**
   * Runs a program of this tool in the copy.
   *
   * @param name The program.
   * @returns What it printed.
   * @throws {Error} If it failed.
   */
  async run(name: string): Promise<string> {
    const args = ["run", "--no-check", "--quiet", `tools/house/${name}`];
    return await outputOf(Deno.execPath(), args, this.folder);
  }

  /** Removes the copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  async #write(path: string, text: string): Promise<void> {
    const file = `${this.folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

async function* everythingUnder(folder: string, under = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder + under)) {
    if (isDirectory) yield* everythingUnder(folder, `${under}/${name}`);
    else yield `${under}/${name}`;
  }
}
