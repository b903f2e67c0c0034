/**
 * The trips of a checkout.
 *
 * @module
 */

import { CopiedTree } from "./copied_tree.ts";
import { noteCall, type RecordedTrips } from "./note.ts";
import { notedModule } from "./noted_module.ts";
import { type Trip, tripOf } from "./trip.ts";

/**
 * Measures the trips of a checkout, in a noted copy of it.
 *
 * @param folder The checkout.
 * @returns The trips by their names.
 * @throws {Error} If the sample app does not run there.
 */
export async function measureTrips(folder: string): Promise<Record<string, Trip>> {
  const numbers: string[] = [];
  await using copy = await CopiedTree.of(
    folder,
    (text, path) => notedModule(text, noteCall(numbers.push(path) - 1)),
  );
  const recorded: RecordedTrips = JSON.parse(await copy.run("record_trips.ts"));
  return Object.fromEntries(
    Object.entries(recorded).map(([name, begun]) => [
      name,
      tripOf(begun.map((file) => numbers[file] ?? "")),
    ]),
  );
}
