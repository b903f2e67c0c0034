/**
 * A folder of files for one test.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";

/** What tests over real files need; `null` where it is there. */
export const missingForFiles: string | null = missingPermission({ name: "read" }, {
  name: "write",
});

/** What tests with links need: links are made everywhere but on Windows, where they need rights. */
export const missingForLinks: string | null = Deno.build.os === "windows"
  ? "links need rights on Windows"
  : missingForFiles;

/** A folder that disposing removes. */
export class TempFolder implements AsyncDisposable {
  /** Its path, every link resolved. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a folder with files in it: their text or bytes by their path. */
  static async with(files: Readonly<Record<string, string | Uint8Array>>): Promise<TempFolder> {
    const folder = new TempFolder(await Deno.realPath(await Deno.makeTempDir()));
    for (const [name, content] of Object.entries(files)) await folder.write(name, content);
    return folder;
  }

  /** The path of something in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Writes a file, and the folders it lies in. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = this.at(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await (typeof content === "string"
      ? Deno.writeTextFile(path, content)
      : Deno.writeFile(path, content));
  }

  /** Sets when a file was changed. */
  async changed(name: string, time: string): Promise<void> {
    await Deno.utime(this.at(name), new Date(time), new Date(time));
  }

  /** Removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
