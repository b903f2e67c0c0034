/**
 * The frames of an error's stack, and the lines of the app's source around the first of its own.
 *
 * @module
 */

import { isOfLibrary } from "../../source_location.ts";

/** One line of a stack. */
export interface StackFrame {
  /** The line as the engine wrote it, without spaces before it. */
  readonly text: string;
  /** Its location in a module, if it is in a module. */
  readonly at: StackLocation | null;
  /** Whether it is of the app, and not of this library, of a package or of the platform. */
  readonly isOwn: boolean;
}

/** A location in a module. */
export interface StackLocation {
  /** The module. */
  readonly url: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

const FRAME = /^\s+at .+$/;
const LOCATION = /^at (?:async |.* \()?([a-z][a-z0-9+.-]*:\S+?):(\d+):(\d+)\)?$/;
const PACKAGES = /\/node_modules\//;

/**
 * Reads the frames of a stack.
 *
 * Only the lines after the message count. A message can contain text of a visitor that looks like
 * frames.
 *
 * @param stack The `stack` of the error.
 * @param message The `message` of the error.
 */
export function stackFrames(stack: string, message: string): StackFrame[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start === -1 ? 0 : start + message.length).split("\n");
  const last = lines.findLastIndex((line) => line !== "" && !FRAME.test(line));
  return lines.slice(last + 1).filter((line) => line !== "").map((line) => frameOf(line.trim()));
}

function frameOf(text: string): StackFrame {
  const [, url, line, column] = LOCATION.exec(text) ?? [];
  if (url === undefined) return { text, at: null, isOwn: false };
  const at = { url, line: Number(line), column: Number(column) };
  return { text, at, isOwn: url.startsWith("file:") && !isOfLibrary(url) && !PACKAGES.test(url) };
}

/** One line of source. */
export interface SourceLine {
  /** Its number, from 1. */
  readonly number: number;
  /** What stands in it. */
  readonly text: string;
  /** Whether it is the requested line. */
  readonly isIt: boolean;
}

/** Lines before and after the requested line. */
const AROUND = 4;
const LONGEST_LINE = 300;
const LARGEST_FILE = 1024 * 1024;
/** Nothing but source is ever shown. */
const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * Reads the lines around a location. It gives no lines if the file is not readable source of the
 * app. It never prompts for a permission, and never rejects.
 *
 * @param location A location in a file.
 */
export async function sourceExcerpt({ url, line }: StackLocation): Promise<readonly SourceLine[]> {
  const file = URL.parse(url);
  if (file?.protocol !== "file:" || !SOURCE.test(file.pathname)) return [];
  try {
    const permission = await Deno.permissions.query({ name: "read", path: file });
    if (permission.state !== "granted") return [];
    const { isFile, size } = await Deno.stat(file);
    if (!isFile || size > LARGEST_FILE) return [];
    return linesRound(await Deno.readTextFile(file), line);
  } catch {
    return [];
  }
}

/**
 * The lines of a text around one line. It gives no lines if the text has no such line.
 *
 * @param text The whole text.
 * @param wanted The number of the line, from 1.
 */
export function linesRound(text: string, wanted: number): SourceLine[] {
  const lines = text.split(/\r?\n/);
  if (wanted < 1 || wanted > lines.length) return [];
  const first = Math.max(1, wanted - AROUND);
  return lines.slice(first - 1, wanted + AROUND).map((text, at) => ({
    number: first + at,
    text: text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text,
    isIt: first + at === wanted,
  }));
}
