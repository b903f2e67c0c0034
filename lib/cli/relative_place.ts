/**
 * Places in source files as a person at a terminal writes them.
 *
 * @module
 */

/**
 * The URL of a file.
 *
 * @param path A path as the system writes it, absolute or from `folder`, or a URL.
 * @param folder An absolute path.
 */
export function fileUrl(path: string, folder: string): URL {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return new URL(path);
  return new URL(encoded(path), new URL(`${encoded(folder)}/`, "file:///"));
}

/**
 * A place such as `file:///app/views.ts:12`, told from a folder: `views.ts:12`, `../views.ts:12`.
 * One that is in no file stays as it is.
 *
 * @param place URL and line.
 * @param folder An absolute path.
 */
export function relativePlace(place: string, folder: string): string {
  const base = fileUrl(folder, "/").href.replace(/\/$/, "");
  if (!place.startsWith("file:")) return place;
  const from = base.split("/"), to = place.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  // From another branch of the tree the whole path is easier to read. (3: "file:" and the two slashes.)
  const path = shared <= 3 && from.length > 3
    ? place.slice("file://".length)
    : [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
  return decoded(path);
}

function encoded(path: string): string {
  const drive = /^[a-z]:[\\/]/i.test(path) ? "/" : "";
  const slashes = drive === "" ? path : path.replaceAll("\\", "/");
  return drive + slashes.split("/").map((part) => encodeURIComponent(part).replace("%3A", ":"))
    .join("/");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
