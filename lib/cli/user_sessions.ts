/**
 * The actions of `sessions` for one user: lists the sessions of the user, and ends them.
 *
 * @module
 */

import { printable } from "../printable.ts";
import { isAccount } from "../session/stored/record_texts.ts";
import type { SessionStore } from "../session/stored/session_store.ts";
import { isSessionId } from "../session/stored/stored_token.ts";
import { listedSessions } from "../session/stored/users/listed_sessions.ts";
import {
  type Arguments,
  CommandFailure,
  type CommandResult,
  jsonOr,
  optionValue,
} from "./command.ts";
import type { CommandEnvironment } from "./environment.ts";
import { table } from "./table.ts";

/** What an action works with. */
export interface UserAction {
  /** The store. */
  readonly store: SessionStore;
  /** The user. */
  readonly userId: string;
  /** The arguments of the command. */
  readonly args: Arguments;
  /** The environment of the program. */
  readonly environment: CommandEnvironment;
}

/** Lists the sessions of a user, the one that was used last first. */
export async function listOfUser(
  { store, userId, args, environment: { columns, now } }: UserAction,
): Promise<CommandResult> {
  const listed = listedSessions(await store.list(userId, now));
  const rows = listed.map(({ id, label = "", address = "", created, renewed, expires }) => [
    ...[id, printable(label), printable(address)],
    ...[created, renewed, expires].map((time) => new Date(time).toISOString()),
  ]);
  const titles = ["id", "label", "address", "began", "last seen", "expires"];
  const text = () =>
    rows.length === 0
      ? `User "${printable(userId)}" has no sessions\n`
      : `${table(titles, rows, columns).join("\n")}\n`;
  return { code: 0, stdout: jsonOr(args, listed, text) };
}

/** Ends one session of a user. The exit code is 1 if the user does not have it. */
export async function endOfUser(
  { store, userId, args, environment: { now } }: UserAction,
): Promise<CommandResult> {
  const id = args.positionals[3] ?? "";
  const record = await store.load(id, now);
  if (record?.account !== userId) {
    return { code: 1, stdout: `User "${printable(userId)}" has no session "${id}"\n` };
  }
  await store.delete(id, userId);
  return { code: 0, stdout: `Ended session "${id}" of user "${printable(userId)}"\n` };
}

/** Ends the sessions of a user, except one if the option names it. */
export async function endAllOfUser(
  { store, userId, args, environment: { now } }: UserAction,
): Promise<CommandResult> {
  const except = optionValue(args, "except");
  const ended = await store.deleteAll(userId, except === undefined ? [] : [except], now);
  const counted = ended === 1 ? "1 session" : `${ended.toLocaleString("en")} sessions`;
  return { code: 0, stdout: `Ended ${counted} of user "${printable(userId)}"\n` };
}

/**
 * The user of a command.
 *
 * @throws {CommandFailure} If no session can have this user.
 */
export function userOf(userId: string): string {
  if (userId !== "" && isAccount(userId)) return userId;
  const reason = userId === ""
    ? "it is empty"
    : "it has more than 512 bytes or the character U+0000";
  throw new CommandFailure(`Cannot use the id of the user: ${reason}`, 2);
}

/**
 * Refuses an id that no session has.
 *
 * @param what What names it, such as `the id`.
 * @param id What was written.
 * @throws {CommandFailure} If it is not the id of a session.
 */
export function checkId(what: string, id: string): void {
  if (isSessionId(id)) return;
  throw new CommandFailure(
    `Cannot use ${what} "${
      printable(id)
    }": the id of a session has 22 characters: write one from "sessions list"`,
    2,
  );
}
