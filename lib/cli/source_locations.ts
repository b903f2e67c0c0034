/**
 * Source locations as a terminal shows them, relative to a folder.
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
  return new URL(encodePath(path), new URL(`${encodePath(folder)}/`, "file:///"));
}

/**
 * A source location such as `file:///app/views.ts:12`, relative to a folder: `views.ts:12`,
 * `../views.ts:12`. One that is in no file is returned as it is.
 *
 * @param location URL and line.
 * @param folder An absolute path.
 */
export function relativeLocation(location: string, folder: string): string {
  const base = fileUrl(folder, "/").href.replace(/\/$/, "");
  if (!location.startsWith("file:")) return location;
  const from = base.split("/"), to = location.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  // Where only the root is shared, the absolute path is easier to read. The first three parts are
  // "file:" and what stands before and between the slashes.
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
