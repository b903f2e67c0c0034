/**
 * `sessions`: prints the tables of a store, checks a store, and removes what expired.
 *
 * @module
 */

import { checkValue } from "../../check_options.ts";
import { didYouMean } from "../../did_you_mean.ts";
import { printable } from "../../printable.ts";
import { BATCH, sweepAll } from "../../session/stored/sweep_all.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type CommandResult,
  optionValue,
} from "../command.ts";
import type { CommandEnvironment } from "../environment.ts";
import { ADDRESS_FORMS, openStore, tablesOf } from "../store_address.ts";

type Action = (
  target: string,
  args: Arguments,
  environment: CommandEnvironment,
) => Promise<CommandResult>;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["check", check],
  ["ddl", ddl],
  ["sweep", sweep],
]);

/** The command. */
export const sessions: Command = {
  name: "sessions",
  summary: "Checks a session store, removes expired sessions, and prints the tables of a store",
  positionals: [
    { name: "action", help: "check, ddl or sweep" },
    { name: "store", help: `${ADDRESS_FORMS.join(" or ")}. For ddl write the name alone` },
  ],
  options: {
    limit: { value: "number", help: "the most entries of one batch of sweep, to 10000 (1000)" },
  },
  notes: [
    "check <address>  checks the store, and shows missing tables",
    "ddl <name>       prints the SQL statements that create the tables",
    "sweep <address>  removes entries that expired more than 60 seconds ago",
    "check and sweep need --allow-read and --allow-write for the file, which must exist.",
    "check of deno-kv needs --unstable-kv too. The exit code is 1 if the store is not ready.",
  ],
  async run(args, environment) {
    const [name = "", target = ""] = args.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined) {
      const hint = didYouMean(name, ACTIONS.keys());
      throw new CommandFailure(
        `Cannot run "sessions ${name}": no such action${hint || ": write check, ddl or sweep"}`,
        2,
      );
    }
    if (args.options.has("limit") && action !== sweep) {
      throw new CommandFailure(`Cannot use option "--limit" with "sessions ${name}"`, 2);
    }
    return await action(target, args, environment);
  },
};

async function ddl(name: string): Promise<CommandResult> {
  return { code: 0, stdout: await tablesOf(name) };
}

async function check(
  address: string,
  _args: Arguments,
  { folder, now }: CommandEnvironment,
): Promise<CommandResult> {
  try {
    await using opened = await openStore(address, folder);
    await opened.store.ready?.(now);
  } catch (error) {
    const reason = reasonOf(error);
    const hint = /\bno such table\b/.test(reason)
      ? `"sessions ddl ${
        address.split(":", 1)
      }" prints the SQL statements that create the tables.\n`
      : "";
    return { code: 1, stdout: `${printable(`${address} is not ready: ${reason}`)}\n${hint}` };
  }
  return { code: 0, stdout: `${printable(address)} is ready\n` };
}

async function sweep(
  address: string,
  args: Arguments,
  { folder, now }: CommandEnvironment,
): Promise<CommandResult> {
  const options = { now, ...limitOf(args) };
  let removed = 0;
  try {
    await using opened = await openStore(address, folder);
    const { store } = opened;
    // A store with wrong tables is refused before the first batch, so that no table changes.
    await store.ready?.(now);
    if (store.sweep === undefined) {
      const text = `${address} needs no sweep: the database itself removes expired entries`;
      return { code: 0, stdout: `${printable(text)}\n` };
    }
    const counting = {
      sweep: async (now: number, limit: number) => {
        const batch = await store.sweep?.(now, limit) ?? 0;
        removed += batch;
        return batch;
      },
    };
    await sweepAll(counting, options);
  } catch (error) {
    const before = removed === 0 ? "" : ` (before, it removed ${counted(removed)})`;
    throw new CommandFailure(`Cannot sweep ${address}: ${reasonOf(error)}${before}`, 1, {
      cause: error,
    });
  }
  return { code: 0, stdout: `Removed ${counted(removed)} from ${printable(address)}\n` };
}

function counted(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}`;
}

/** The message of an error of the store. Any other error is thrown again. */
function reasonOf(error: unknown): string {
  const isOfStore = error instanceof Error && !(error instanceof CommandFailure) &&
    !(error instanceof Deno.errors.NotCapable) && !BUGS.some((bug) => error instanceof bug);
  if (!isOfStore) throw error;
  return error.message;
}

/** The errors of faulty code. */
const BUGS = [TypeError, RangeError, ReferenceError];

/** @throws {ConfigurationError} If `--limit` is out of bounds. */
function limitOf(args: Arguments): { limit?: number } {
  const given = optionValue(args, "limit");
  if (given === undefined) return {};
  const limit = Number(given);
  checkValue('option "--limit"', /^\d+$/.test(given) ? limit : given, BATCH);
  return { limit };
}
