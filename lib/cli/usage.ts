/**
 * What the commands are, for whoever asks.
 *
 * @module
 */

import type { KnownOptions } from "./arguments.ts";

/** What a command takes. */
export interface CommandUsage {
  /** The words behind its name. */
  readonly words: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Its options. */
  readonly options: KnownOptions;
  /** What there is to say of them, line by line. */
  readonly details: readonly string[];
}

/** The names of the commands. */
export type CommandName = "routes" | "match" | "doctor" | "inspect" | "secret";

/** The commands. */
export const COMMANDS: Readonly<Record<CommandName, CommandUsage>> = {
  routes: {
    words: "<app module>",
    summary: "Lists the routes and views of an app, in the order in which they are matched",
    options: { json: "flag" },
    details: [
      "<app module>  a file or URL whose default export is an app: export default config.makeApp()",
      "--json        writes JSON",
    ],
  },
  match: {
    words: "<app module> [method] <path>",
    summary: "Says who answers a request, and why the others do not",
    options: { json: "flag", header: "value" },
    details: [
      "<path>                 begins with a slash, or is a URL; the method is GET unless it is given",
      '--header "name: value" sends a header; may be given again',
      "--json                 writes JSON",
      "Ends with 1 where nobody answers.",
    ],
  },
  doctor: {
    words: "<app module>",
    summary: "Lists what the defaults that changed since 0.1.0 mean for an app",
    options: { json: "flag", token: "value", helper: "value" },
    details: [
      "<app module>   a file or URL whose default export is an app",
      "--token name   the field that holds the CSRF token (csrf_token)",
      "--helper name  a function of the app that writes this field; may be given again",
      "--json         writes JSON",
      "Ends with 1 where a view or a form needs a change.",
    ],
  },
  inspect: {
    words: "<cookie>",
    summary: "Takes a session cookie apart, and verifies it where the secret is known",
    options: {
      json: "flag",
      values: "flag",
      "cookie-name": "value",
      timeout: "value",
      lifetime: "value",
      salt: "value",
    },
    details: [
      "<cookie>             a value, name=value, or - for one on standard input",
      "--cookie-name name   the cookie's name, where it is not given with the value (session)",
      "--timeout seconds    the app's timeout, or never (1200)",
      "--lifetime seconds   the app's lifetime, or never (2592000)",
      "--salt text          the salt of a Pyramid app (pyramid.session.)",
      "--values             shows the values of the app's keys",
      "--json               writes JSON",
      "SESSION_SECRET in the environment is the secret; several, the newest first, in lines of",
      "their own. Ends with 1 where the cookie is refused.",
    ],
  },
  secret: {
    words: "",
    summary: "Makes a secret: 32 random bytes in base64",
    options: {},
    details: [],
  },
};

/** How the program is called. */
const PROGRAM = "deno run -A jsr:@pyramidion/pyramidion/cli";

/** What all commands are. */
export function usageText(): string {
  const names = Object.entries(COMMANDS);
  const width = Math.max(...names.map(([name]) => name.length));
  const list = names.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    `Usage: ${PROGRAM} <command> …`,
    "",
    ...list,
    "",
    "<command> --help says more.",
    "",
  ].join("\n");
}

/** What one command is. */
export function commandUsageText(name: CommandName): string {
  const { words, summary, details } = COMMANDS[name];
  return [
    `Usage: ${[PROGRAM, name, words].join(" ").trimEnd()}`,
    "",
    `${summary}.`,
    ...details.length === 0 ? [] : ["", ...details.map((line) => `  ${line}`)],
    "",
  ].join("\n");
}
