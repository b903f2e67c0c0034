/**
 * What a part of the bench gives back.
 *
 * @module
 */

import type { Machine } from "./machine.ts";

/** A table for people. */
export interface Table {
  /** The marker in bench/README.md between which it is written. */
  readonly id: string;
  /** The heads of the columns; the first column is text, the others are numbers unless `text` names them. */
  readonly columns: readonly string[];
  /** Columns, besides the first, that are text. */
  readonly text?: readonly string[];
  /** The cells. */
  readonly rows: readonly (readonly string[])[];
}

/** A figure with what it ought to be. */
export interface Target {
  /** What was measured. */
  readonly what: string;
  /** The figure. */
  readonly measured: number;
  /** Its unit, such as `×` or `ms`. */
  readonly unit: string;
  /** Whether it must be at least or at most `limit`. */
  readonly must: "at least" | "at most";
  /** What it ought to be. */
  readonly limit: number;
}

/** A line or a bar of the chart. */
export interface Series {
  /** Which drawing it belongs to. */
  readonly chart: "http" | "routes";
  /** Its name. */
  readonly name: string;
  /** Points: for `http` one for each page, for `routes` one for each number of routes. */
  readonly points: readonly { readonly x: string; readonly y: number }[];
}

/** The outcome of one part. */
export interface Result {
  /** The tables. */
  readonly tables: readonly Table[];
  /** The figures that have a target. */
  readonly targets: readonly Target[];
  /** What is drawn. */
  readonly series?: readonly Series[];
  /** Every sample, for whoever wants to count again. */
  readonly samples: unknown;
}

/** A result with how it came about: what is stored. */
export interface StoredResult extends Result {
  /** The part. */
  readonly part: string;
  /** Whether it was only a trial of the bench itself. */
  readonly quick: boolean;
  /** Rounds. */
  readonly rounds: number;
  /** When, as YYYY-MM-DD. */
  readonly date: string;
  /** On what. */
  readonly machine: Machine;
}

/** How thorough a run is. */
export interface Effort {
  /** Whether it is only a trial of the bench itself. */
  readonly quick: boolean;
  /** Interleaved rounds of everything that is measured over HTTP, and of starts. */
  readonly rounds: number;
  /** Whether the load comes from the bench's own generator although wrk is installed. */
  readonly ownLoad: boolean;
}

/** Whether a target is met. */
export function isMet({ must, measured, limit }: Target): boolean {
  return must === "at least" ? measured >= limit : measured <= limit;
}

/** A number with so many digits that matter, with separators. */
export function figure(value: number, digits: number = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 10 ** (digits - 1)) return whole(value);
  const decimals = value === 0 ? 0 : digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  const fixed = Math.max(0, Math.min(4, decimals));
  return value.toLocaleString("en", { minimumFractionDigits: fixed, maximumFractionDigits: fixed });
}

/** A whole number, with separators. */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en") : "–";
}

/** A ratio with two decimals, or three where it is small. */
export function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 0.1 ? 3 : 2) : "–";
}
