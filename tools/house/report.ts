/**
 * The figures of one house or of two, as plain text.
 *
 * @module
 */

import type { HouseFigures } from "./house_figures.ts";
import type { LoadedModules, Starts } from "./start.ts";
import type { Trip } from "./trip.ts";

/** What was measured of a checkout. */
export interface Measured {
  /** The checkout's folder. */
  readonly folder: string;
  /** Files and lines. */
  readonly figures: HouseFigures;
  /** The trips by their names. */
  readonly trips: Readonly<Record<string, Trip>>;
  /** What `mod.ts` loads. */
  readonly modules: LoadedModules;
  /** What breaks each rule. */
  readonly faults: Readonly<Record<string, readonly string[]>>;
}

/** Everything that was measured. */
export interface Report {
  /** The checkouts. */
  readonly houses: readonly Measured[];
  /** How long they take to start; `null` where nothing was timed. */
  readonly starts: Starts | null;
}

/** The files that are told of a trip, at most. */
const MOST_OPENED = 6;

/**
 * Writes a report.
 *
 * @param report What was measured.
 * @param withFaults Whether what breaks the rules is listed.
 */
export function reportText({ houses, starts }: Report, withFaults: boolean): string {
  const sections = [
    houses.map(({ folder }, at) => `house ${at + 1}: ${folder}`).join("\n"),
    comparison(houses, starts),
    ...houses.map(({ figures }, at) => roomsTable(figures, at)),
    ...houses.map(({ trips }, at) => openedTable(trips, at)),
    ...(withFaults ? houses.map(({ faults }, at) => faultList(faults, at)) : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

function comparison(houses: readonly Measured[], starts: Starts | null): string {
  const row = (name: string, cell: (house: Measured, at: number) => string | number) => [
    name,
    ...houses.map((house, at) => String(cell(house, at))),
  ];
  const trips = new Set(houses.flatMap(({ trips }) => Object.keys(trips)));
  const rules = new Set(houses.flatMap(({ faults }) => Object.keys(faults)));
  return table([
    ["", ...houses.map((_, at) => `house ${at + 1}`)],
    row("files under lib", ({ figures }) => figures.all.files),
    row("lines of code", ({ figures }) => figures.all.lines),
    row("median of a file", ({ figures }) => figures.all.median),
    row("longest file", ({ figures }) => figures.all.longest),
    row("files under 40 lines", ({ figures }) => figures.under40),
    row("files over 300 lines", ({ figures }) => figures.over300),
    row("files with one importer", ({ figures }) => figures.oneImporter),
    row("  and under 60 lines", ({ figures }) => figures.smallOneImporter),
    row("modules at start, ours", ({ modules }) => modules.ours),
    row("modules at start, all", ({ modules }) => modules.all),
    ...(starts === null ? [] : [
      row("ms from start to answer", (_, at) => fixed(starts.milliseconds[at], 1)),
      row("  x a start without us", (_, at) => fixed(starts.toBare[at], 3)),
      row("  x house 1", (_, at) => fixed(starts.toFirst[at], 3)),
    ]),
    row("files / moves / returns", () => ""),
    ...[...trips].map((name) => row(`  ${name}`, ({ trips }) => tripText(trips[name]))),
    row("broken rules", () => ""),
    ...[...rules].map((name) => row(`  ${name}`, ({ faults }) => faults[name]?.length ?? "")),
  ]);
}

function tripText(trip: Trip | undefined): string {
  return trip === undefined ? "" : `${trip.files} / ${trip.moves} / ${trip.returns}`;
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "" : value.toFixed(digits);
}

function roomsTable({ rooms, all }: HouseFigures, at: number): string {
  return table([
    [`house ${at + 1}: rooms`, "files", "lines", "median", "longest", ""],
    ...[...Object.entries(rooms), ["all under lib", all] as const].map(([room, size]) => [
      room === "" ? "(the doors)" : room,
      ...[size.files, size.lines, size.median, size.longest].map(String),
      size.longestFile.slice(size.longestFile.lastIndexOf("/") + 1),
    ]),
  ]);
}

function openedTable(trips: Readonly<Record<string, Trip>>, at: number): string {
  return [
    `house ${at + 1}: opened from another file, most often`,
    ...Object.entries(trips).flatMap(([name, { opened }]) => [
      `  ${name}`,
      `    ${openedText(opened)}`,
    ]),
  ].join("\n");
}

function openedText(opened: Trip["opened"]): string {
  const most = Object.entries(opened).slice(0, MOST_OPENED);
  return most.map(([file, times]) => `${file} ${times}`).join(", ");
}

function faultList(faults: Readonly<Record<string, readonly string[]>>, at: number): string {
  return [
    `house ${at + 1}: what breaks the rules`,
    ...Object.entries(faults).flatMap(([rule, found]) => [
      `  ${rule}: ${found.length}`,
      ...found.map((fault) => `    ${fault}`),
    ]),
  ].join("\n");
}

/** Columns of equal width: the first to the left, and so one without a heading; others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    row.map((cell, column) => {
      const isName = column === 0 || rows[0]?.[column] === "";
      return isName ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
    }).join("  ").trimEnd()
  ).join("\n");
}
