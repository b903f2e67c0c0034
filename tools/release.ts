/**
 * Makes the package as it is published: what `publish.include` names, and a `deno.json` without
 * `links`, so that `jsr:@std` is the real one.
 *
 * - `deno task release ../package` writes it to a new folder; publish it from there.
 * - `deno task release:check` checks it against the declarations of the real standard library in
 *   `tests/data/std_signatures/`, and lets `deno publish --dry-run` judge it. Needs no network.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const SIGNATURES = new URL("tests/data/std_signatures/", ROOT);

/** What of `deno.json` is read. */
export interface PackageConfig {
  /** Folders of packages that stand in for published ones. */
  readonly links?: readonly string[];
  /** What is published. */
  readonly publish: {
    /** Names of files, folders with a slash at their end, `*.ts` for modules beside `deno.json`. */
    readonly include: readonly string[];
  };
}

/**
 * The configuration of the published package.
 *
 * @param config The repository's.
 * @param links Packages that stand in for published ones; default none.
 */
export function publishedConfig(
  config: PackageConfig,
  links: readonly string[] = [],
): PackageConfig {
  const { links: _ours, ...rest } = config;
  return links.length === 0 ? rest : { ...rest, links };
}

/**
 * Copies what `publish.include` names to a folder, and writes its `deno.json`.
 *
 * @param folder The URL of a folder, with a slash at its end, which must not exist.
 * @param links Packages that stand in for published ones; default none.
 * @throws {TypeError} If a pattern of `publish.include` is of an unknown kind.
 * @throws {Deno.errors.AlreadyExists} If the folder exists.
 */
export async function writePackage(folder: URL, links: readonly string[] = []): Promise<void> {
  const config = await readConfig();
  await Deno.mkdir(folder);
  for (const pattern of config.publish.include) {
    for await (const path of expanded(pattern)) await copy(path, folder);
  }
  const text = JSON.stringify(publishedConfig(config, links), null, 2);
  await Deno.writeTextFile(new URL("deno.json", folder), `${text}\n`);
}

/**
 * Copies the packages that stand in for the standard library, with the declarations of the real one
 * in place of ours.
 *
 * @param folder The URL of a folder, with a slash at its end, which must not exist.
 * @returns The names of the packages' folders.
 */
export async function writeRealStd(folder: URL): Promise<string[]> {
  await Deno.mkdir(folder);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("tools/std/", ROOT))) {
    names.push(name);
    await Deno.mkdir(new URL(`${name}/`, folder));
    for await (const file of Deno.readDir(new URL(`tools/std/${name}/`, ROOT))) {
      const source = file.name.endsWith(".d.ts") ? SIGNATURES : new URL("tools/std/", ROOT);
      const path = `${name}/${file.name}`;
      await Deno.copyFile(new URL(path, source), new URL(path, folder));
    }
  }
  return names.sort();
}

async function readConfig(): Promise<PackageConfig> {
  return JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
}

/** The files that a pattern of `publish.include` names. */
async function* expanded(pattern: string): AsyncGenerator<string> {
  if (pattern.endsWith("/")) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(pattern, ROOT))) {
      yield* expanded(`${pattern}${name}${isDirectory ? "/" : ""}`);
    }
  } else if (pattern === "*.ts") {
    for await (const { name, isFile } of Deno.readDir(ROOT)) {
      if (isFile && name.endsWith(".ts")) yield name;
    }
  } else if (/[*?[{!]/.test(pattern)) {
    throw new TypeError(
      `Cannot copy "${pattern}" of publish.include: write a file, a folder with "/" at its end, or "*.ts"`,
    );
  } else if (pattern !== "deno.json") {
    yield pattern;
  }
}

async function copy(path: string, folder: URL): Promise<void> {
  const target = new URL(path, folder);
  await Deno.mkdir(new URL(".", target), { recursive: true });
  await Deno.copyFile(new URL(path, ROOT), target);
}

/** Runs `deno` in a folder. */
async function deno(folder: URL, ...args: string[]): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).spawn().status;
  if (code !== 0) throw new Error(`"deno ${args.join(" ")}" failed in the package`);
}

async function checkPackage(): Promise<void> {
  const place = await Deno.makeTempDir({ prefix: "pyramidion-release-" });
  try {
    const folder = new URL(`file://${place}/package/`);
    const names = await writeRealStd(new URL("../std/", folder));
    await writePackage(folder, names.map((name) => `../std/${name}`));
    await Deno.copyFile(new URL("deno.lock", ROOT), new URL("deno.lock", folder));
    await deno(folder, "check", "--quiet", "--frozen", ".");
    await deno(folder, "publish", "--dry-run", "--quiet");
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

if (import.meta.main) {
  const [folder, ...others] = Deno.args;
  if (folder === undefined || others.length > 0) {
    throw new TypeError('Cannot make the package: write the folder to make, or "--check"');
  }
  if (folder === "--check") await checkPackage();
  else await writePackage(new URL(`${folder}/`, `file://${Deno.cwd()}/`));
}
