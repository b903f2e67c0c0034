/**
 * The files of the repository, as git knows them.
 *
 * @module
 */

import { outputOf } from "./command.ts";

/** All files that are there and not ignored, from the repository, sorted. */
export async function repositoryFiles(root: string): Promise<string[]> {
  return await git(root, "ls-files", "--cached", "--others", "--exclude-standard");
}

/** Whether a path is that of a module of the library. */
export function isLibrary(path: string): boolean {
  return /^(?:lib\/.+|mod|session|configurator)\.ts$/.test(path);
}

/** Whether a path is a file, or a folder around it. */
export function covers(path: string, file: string): boolean {
  return path === file || file.startsWith(path.endsWith("/") ? path : `${path}/`);
}

/**
 * The library's modules that are named, or in a folder that is named.
 *
 * @param root The repository.
 * @param paths Files and folders, from the repository.
 * @throws {TypeError} If one of them names no module of the library.
 */
export async function namedFiles(root: string, paths: readonly string[]): Promise<string[]> {
  const all = (await repositoryFiles(root)).filter(isLibrary);
  const strange = paths.find((path) => !all.some((file) => covers(path, file)));
  if (strange !== undefined) {
    throw new TypeError(`Cannot mutate "${strange}": no module of the library is there`);
  }
  return all.filter((file) => paths.some((path) => covers(path, file)));
}

/**
 * The library's modules that differ from where the branch left `main`; on `main` itself, from the
 * last commit but one.
 *
 * @param root The repository.
 */
export async function touchedFiles(root: string): Promise<string[]> {
  const touched = await git(root, "diff", "--name-only", await startOfChange(root));
  const fresh = await git(root, "ls-files", "--others", "--exclude-standard");
  const there = await repositoryFiles(root);
  return there.filter((file) =>
    isLibrary(file) && (touched.includes(file) || fresh.includes(file))
  );
}

async function startOfChange(root: string): Promise<string> {
  const [branch] = await git(root, "branch", "--list", "main");
  if (branch === undefined) return "HEAD^";
  const [head] = await git(root, "rev-parse", "HEAD");
  const [base] = await git(root, "merge-base", "HEAD", "main");
  return base === undefined || base === head ? "HEAD^" : base;
}

async function git(root: string, ...args: readonly string[]): Promise<string[]> {
  const text = await outputOf("git", args, root);
  return text.split("\n").filter((line) => line !== "").sort();
}
