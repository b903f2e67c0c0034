/**
 * The URLs of servers. The user, the password and the parameters in them are never printed.
 *
 * @module
 */

import { printable } from "../printable.ts";

/**
 * The URL of a server.
 *
 * @param address An address such as `redis://localhost:6379`.
 * @returns The URL, or `null` if a server cannot be found by the address.
 */
export function serverUrl(address: string): URL | null {
  const url = URL.parse(address);
  if (url === null || !address.startsWith(`${url.protocol}//`)) return null;
  // The rest of a password that has a slash of its own.
  if ((url.pathname + url.search + url.hash).includes("@")) return null;
  if (!isEncoded(url.username) || !isEncoded(url.password)) return null;
  return url.hostname === "" && !url.searchParams.has("host") ? null : url;
}

/** An address without user, password and parameters, in one line. */
export function shownServer(address: string): string {
  const url = serverUrl(address);
  if (url !== null) return printable(`${url.protocol}//${url.host}${url.pathname}`);
  return printable(`${address.slice(0, address.indexOf(":"))}://…`);
}

/** A text without the password of an address, however it is written. */
export function withoutPassword(text: string, address: string): string {
  const password = serverUrl(address)?.password ?? "";
  if (password === "") return text;
  return text.replaceAll(password, "…").replaceAll(decodeURIComponent(password), "…");
}

/** Whether each per cent sign begins the code of a byte, as those do that the client decodes. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
