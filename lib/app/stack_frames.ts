/**
 * The frames of an error's stack, and which of them are the app's own.
 *
 * @module
 */

import { isOfLibrary } from "../source_location.ts";

/** One line of a stack. */
export interface StackFrame {
  /** The line as the engine wrote it, without spaces before it. */
  readonly text: string;
  /** Where it is in a module, if it is in one. */
  readonly at: StackPlace | null;
  /** Whether it is of the app, and not of this library, of a package or of the platform. */
  readonly isOwn: boolean;
}

/** A place in a module. */
export interface StackPlace {
  /** The module. */
  readonly url: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

const FRAME = /^\s+at .+$/;
const PLACE = /^at (?:async |.* \()?([a-z][a-z0-9+.-]*:\S+?):(\d+):(\d+)\)?$/;
const PACKAGES = /\/node_modules\//;

/**
 * Reads the frames of a stack.
 *
 * Only the lines at its end count, behind the message: a message that holds what a visitor sent may
 * look like frames.
 *
 * @param stack What `error.stack` says.
 * @param message What `error.message` says.
 */
export function stackFrames(stack: string, message: string): StackFrame[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start === -1 ? 0 : start + message.length).split("\n");
  const last = lines.findLastIndex((line) => line !== "" && !FRAME.test(line));
  return lines.slice(last + 1).filter((line) => line !== "").map((line) => frameOf(line.trim()));
}

function frameOf(text: string): StackFrame {
  const [, url, line, column] = PLACE.exec(text) ?? [];
  if (url === undefined) return { text, at: null, isOwn: false };
  const at = { url, line: Number(line), column: Number(column) };
  return { text, at, isOwn: url.startsWith("file:") && !isOfLibrary(url) && !PACKAGES.test(url) };
}
