/**
 * Source locations as a terminal shows them, relative to a folder.
 *
 * @module
 */

/**
 * The URL of a file.
 *
 * @param path A path of the system, absolute or relative to `folder`, or a URL.
 * @param folder An absolute path.
 */
export function fileUrl(path: string, folder: string): URL {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return new URL(path);
  return new URL(encodePath(path), new URL(`${encodePath(folder)}/`, "file:///"));
}

/**
 * Makes a source location relative to a folder: `file:///app/views.ts:12` becomes `views.ts:12` or
 * `../views.ts:12`. A location that is not in a file is returned unchanged.
 *
 * @param location The URL and the line.
 * @param folder An absolute path.
 */
export function relativeLocation(location: string, folder: string): string {
  const base = fileUrl(folder, "/").href.replace(/\/$/, "");
  if (!location.startsWith("file:")) return location;
  const from = base.split("/"), to = location.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  // If only the root is shared, the absolute path is easier to read. The first three parts are
  // "file:" and the two empty parts around the next slash.
  const path = shared <= 3 && from.length > 3
    ? location.slice("file://".length)
    : [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
  return decodePath(path);
}

function encodePath(path: string): string {
  const drive = /^[a-z]:[\\/]/i.test(path) ? "/" : "";
  const slashes = drive === "" ? path : path.replaceAll("\\", "/");
  return drive + slashes.split("/").map((part) => encodeURIComponent(part).replace("%3A", ":"))
    .join("/");
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
