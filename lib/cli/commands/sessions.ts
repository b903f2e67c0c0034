/**
 * `sessions`: checks a store, removes what expired, prints tables, and lists and ends sessions.
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
  JSON_OPTION,
  optionValue,
} from "../command.ts";
import type { CommandEnvironment } from "../environment.ts";
import {
  ADDRESS_FORMS,
  givenAddress,
  openStore,
  shownAddress,
  storeReason,
  tablesOf,
} from "../store_address.ts";
import {
  checkId,
  endAllOfUser,
  endOfUser,
  listOfUser,
  type UserAction,
  userOf,
} from "../user_sessions.ts";

/** What an action does with a store: the address or the name, the arguments, the environment. */
type Run = (
  target: string,
  args: Arguments,
  environment: CommandEnvironment,
) => Promise<CommandResult>;

interface Action {
  readonly run: Run;
  /** The arguments after its name, as the usage shows them. */
  readonly takes: readonly string[];
  /** The options that it takes. */
  readonly options: readonly string[];
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["check", { run: check, takes: ["<address>"], options: [] }],
  ["ddl", { run: ddl, takes: ["<name>"], options: [] }],
  ["end", {
    run: ofUser("end a session", endOfUser),
    takes: ["<address>", "<user>", "<id>"],
    options: [],
  }],
  ["end-all", {
    run: ofUser("end the sessions", endAllOfUser),
    takes: ["<address>", "<user>"],
    options: ["except"],
  }],
  ["list", {
    run: ofUser("list the sessions", listOfUser),
    takes: ["<address>", "<user>"],
    options: ["json"],
  }],
  ["sweep", { run: sweep, takes: ["<address>"], options: ["limit"] }],
]);

/** The names of the actions, in words. */
const NAMES = "check, ddl, end, end-all, list or sweep";

/** The command. */
export const sessions: Command = {
  name: "sessions",
  summary: "Checks a session store, removes expired sessions, and lists and ends those of a user",
  positionals: [
    { name: "action", help: NAMES },
    { name: "store", help: `${ADDRESS_FORMS.join(" or ")}, or env:<variable>` },
    { name: "user", isOptional: true, help: "the id of the user, for end, end-all and list" },
    { name: "id", isOptional: true, help: "the id of the session, for end" },
  ],
  options: {
    limit: { value: "number", help: "the most entries of one batch of sweep, to 10000 (1000)" },
    except: { value: "id", help: "a session that end-all leaves" },
    json: { help: `list ${JSON_OPTION.help}` },
  },
  notes: [
    "check <address>           checks the store, and shows missing tables",
    "ddl <name>                prints the SQL statements that create the tables",
    "end <address> <user> <id> ends one session",
    "end-all <address> <user>  ends all sessions of the user",
    "list <address> <user>     lists the sessions of the user",
    "sweep <address>           removes entries that expired more than 60 seconds ago",
    "All but ddl need --allow-read and --allow-write for the file, which must exist.",
    "For deno-kv they need --unstable-kv too. For a server they need --allow-net,",
    "and for postgres also --allow-env=PG*, because npm:pg reads those variables.",
    "With env:SESSION_STORE the address is in a variable, so that no list of processes shows it.",
  ],
  async run(args, environment) {
    const [name = "", target = ""] = args.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined) {
      const hint = didYouMean(name, ACTIONS.keys());
      throw new CommandFailure(
        `Cannot run "sessions ${printable(name)}": no such action${hint || `: write ${NAMES}`}`,
        2,
      );
    }
    const { takes } = action;
    if (args.positionals.length !== takes.length + 1) {
      const usage = ["sessions", name, ...takes].join(" ");
      throw new CommandFailure(`Cannot run "sessions ${name}" like this: write ${usage}`, 2);
    }
    const other = [...args.options.keys()].find((option) => !action.options.includes(option));
    if (other !== undefined) {
      throw new CommandFailure(`Cannot use option "--${other}" with "sessions ${name}"`, 2);
    }
    return await action.run(givenAddress(target, environment), args, environment);
  },
};

/** Runs an action for the user that the arguments name. */
function ofUser(what: string, act: (action: UserAction) => Promise<CommandResult>): Run {
  return async (address, args, environment) => {
    const [, , user = "", id] = args.positionals;
    const except = optionValue(args, "except");
    const userId = userOf(user);
    if (id !== undefined) checkId("the id", id);
    if (except !== undefined) checkId('option "--except"', except);
    try {
      await using opened = await openStore(address, environment.folder);
      return await act({ store: opened.store, userId, args, environment });
    } catch (error) {
      const reason = storeReason(error, address);
      throw new CommandFailure(
        `Cannot ${what} of user "${printable(userId)}" in ${shownAddress(address)}: ${reason}`,
        1,
        { cause: error },
      );
    }
  };
}

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
    const reason = storeReason(error, address);
    const hint = /\bcall createTables\(\)/.test(reason)
      ? `"sessions ddl ${
        address.split(":", 1)
      }" prints the SQL statements that create the tables.\n`
      : "";
    const shown = shownAddress(address);
    return { code: 1, stdout: `${shown} is not ready: ${printable(reason)}\n${hint}` };
  }
  return { code: 0, stdout: `${shownAddress(address)} is ready\n` };
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
      const text = "needs no sweep: the database itself removes expired entries";
      return { code: 0, stdout: `${shownAddress(address)} ${text}\n` };
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
    const reason = storeReason(error, address);
    throw new CommandFailure(`Cannot sweep ${shownAddress(address)}: ${reason}${before}`, 1, {
      cause: error,
    });
  }
  return { code: 0, stdout: `Removed ${counted(removed)} from ${shownAddress(address)}\n` };
}

function counted(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}`;
}

/** @throws {ConfigurationError} If `--limit` is out of bounds. */
function limitOf(args: Arguments): { limit?: number } {
  const given = optionValue(args, "limit");
  if (given === undefined) return {};
  const limit = Number(given);
  checkValue('option "--limit"', /^\d+$/.test(given) ? limit : given, BATCH);
  return { limit };
}
