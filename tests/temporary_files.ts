/**
 * Files for tests that read them.
 *
 * @module
 */

/**
 * Writes files into a folder of their own, and removes it afterwards.
 *
 * @param files Their texts by their paths.
 * @param act What to do with them; gets the folder's absolute path.
 */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(new URL(".", `file://${folder}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
