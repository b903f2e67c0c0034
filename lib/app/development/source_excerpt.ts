/**
 * The lines of the app's source round a place.
 *
 * @module
 */

import type { StackPlace } from "../stack_frames.ts";

/** One line of source. */
export interface SourceLine {
  /** Its number, from 1. */
  readonly number: number;
  /** What stands in it. */
  readonly text: string;
  /** Whether it is the one that was asked for. */
  readonly isIt: boolean;
}

/** Lines before and behind the one that was asked for. */
const AROUND = 4;
const LONGEST_LINE = 300;
const LARGEST_FILE = 1024 * 1024;
/** Nothing but source is ever shown. */
const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * Reads the lines round a place; none where the file is no source of ours to read. Never asks anybody
 * for a permission, and never rejects.
 *
 * @param place A place in a file.
 */
export async function sourceExcerpt({ url, line }: StackPlace): Promise<readonly SourceLine[]> {
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
 * The lines of a text round one of them; none where it has no such line.
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
