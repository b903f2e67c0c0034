/**
 * Writes what was measured into bench/README.md, between its markers, and draws
 * docs/performance.svg.
 *
 * @module
 */

import { figure, type StoredResult, type Table } from "../result.ts";
import { say } from "../say.ts";
import { drawChart } from "./chart.ts";
import { markdownTable } from "./markdown_table.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Writes the tables and the chart of every stored result; a table without a result stays as it is.
 *
 * @param results The folder of the results.
 * @param root The folder that has bench/README.md and docs/.
 */
export async function writeDocumentation(results: URL, root: URL = ROOT): Promise<void> {
  const stored = await readResults(results);
  const page = new URL("bench/README.md", root);
  let text = await Deno.readTextFile(page);
  const tables = [
    targetTable(stored),
    machineTable(stored),
    ...stored.flatMap((one) => one.tables),
  ];
  for (const table of tables) text = withTable(text, table);
  await Deno.writeTextFile(page, text);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = ["fmt", "--quiet", "--config", config, page.pathname];
  await new Deno.Command(Deno.execPath(), { args }).output();
  const series = stored.flatMap((one) => one.series ?? []);
  if (series.length > 0) {
    await Deno.writeTextFile(new URL("docs/performance.svg", root), drawChart(series));
  }
}

async function readResults(folder: URL): Promise<StoredResult[]> {
  const stored: StoredResult[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".json")) continue;
    stored.push(JSON.parse(await Deno.readTextFile(new URL(name, folder))));
  }
  return stored.sort((one, other) => one.part < other.part ? -1 : 1);
}

function withTable(text: string, table: Table): string {
  const begin = `<!-- bench:${table.id} -->`;
  const end = `<!-- /bench:${table.id} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) {
    say(`bench/README.md has no place for the table "${table.id}"`);
    return text;
  }
  return `${text.slice(0, from + begin.length)}\n\n${markdownTable(table)}\n\n${text.slice(to)}`;
}

function targetTable(stored: readonly StoredResult[]): Table {
  const all = stored.flatMap(({ targets }) => targets);
  return {
    id: "targets",
    columns: ["what", "target", "measured"],
    text: ["target"],
    rows: all.map((target) => [
      target.what,
      `${target.must} ${target.limit}`,
      // JSON has no NaN: what was not measured is null.
      target.measured === null ? "–" : `${figure(target.measured)} ${target.unit}`,
    ]),
  };
}

function machineTable(stored: readonly StoredResult[]): Table {
  return {
    id: "machine",
    columns: ["part", "measured on", "by"],
    text: ["measured on", "by"],
    rows: stored.map(({ part, date, machine, rounds }) => [
      part,
      `${machine.processor}, ${machine.cores} cores, Deno ${machine.deno} (V8 ${machine.v8}), ${date}`,
      `${rounds} rounds, load by ${machine.load === "wrk" ? "wrk" : "the bench itself"}${
        machine.pinned ? ", a core each for server and load" : ""
      }`,
    ]),
  };
}
