/**
 * `inspect`: shows the contents of a session cookie, and whether an app with the secret would
 * accept it.
 *
 * @module
 */

import { COOKIE_PREFIXES } from "../../http/cookies.ts";
import type { SessionStore } from "../../session/stored/session_store.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  JSON_OPTION,
  jsonOr,
  optionValue,
} from "../command.ts";
import {
  ADDRESS_FORMS,
  givenAddress,
  openStore,
  shownAddress,
  storeReason,
} from "../store_address.ts";
import { inspectCookie } from "./inspect/inspect_cookie.ts";
import { inspectionJson, inspectionText } from "./inspect/inspect_text.ts";

/** The command. */
export const inspect: Command = {
  name: "inspect",
  summary: "Shows the contents of a session cookie, and verifies it if you give the secret",
  positionals: [{
    name: "cookie",
    help: "a value, name=value, or - for one on standard input",
  }],
  options: {
    "cookie-name": {
      value: "name",
      help: "the cookie's name, if you give only the value (session)",
    },
    timeout: { value: "seconds", help: "the app's timeout, or never (1200)" },
    lifetime: { value: "seconds", help: "the app's lifetime, or never (2592000)" },
    salt: { value: "text", help: "the salt of a Pyramid app (pyramid.session.)" },
    store: {
      value: "address",
      help: `the store of a stored session: ${ADDRESS_FORMS.join(" or ")}, or env:<variable>`,
    },
    values: { help: "shows the values of the app's keys" },
    json: JSON_OPTION,
  },
  notes: [
    "The environment variable SESSION_SECRET holds the secret. If the app has several, write each on",
    "its own line, the newest first. The exit code is 1 if an app would reject the cookie.",
    "--store needs what sessions check needs. The secret part of a cookie is never shown.",
  ],
  async run(args, environment) {
    const [cookie = ""] = args.positionals;
    const text = cookie === "-" ? await environment.readInput() : cookie;
    const { name, value } = cookieOf(text, optionValue(args, "cookie-name"));
    const given = optionValue(args, "store");
    const address = given === undefined ? undefined : givenAddress(given, environment);
    await using opened = address === undefined
      ? undefined
      : await openStore(address, environment.folder).catch(notAsked(address));
    const inspection = await inspectCookie(name, value, {
      store: opened && address !== undefined ? loadingFrom(opened.store, address) : undefined,
      secrets: secretsOf(environment.variable("SESSION_SECRET")),
      timeout: limitOf(args, "timeout"),
      lifetime: limitOf(args, "lifetime"),
      salt: optionValue(args, "salt"),
      now: environment.now,
    }).catch(refuseArguments);
    const showsValues = args.options.has("values");
    return {
      code: inspection.verification.state === "refused" ? 1 : 0,
      stdout: jsonOr(
        args,
        inspectionJson(inspection, showsValues),
        () => inspectionText(inspection, { ...environment, showsValues }),
      ),
    };
  },
};

/** What is asked of a store. If it fails, then the command says why. */
function loadingFrom(store: SessionStore, address: string): Pick<SessionStore, "load"> {
  return { load: (id, now) => store.load(id, now).catch(notAsked(address)) };
}

/** Turns the error of a store into a failure of the command. */
function notAsked(address: string): (error: unknown) => never {
  return (error) => {
    const reason = storeReason(error, address);
    const message = `Cannot ask ${shownAddress(address)} for the session: ${reason}`;
    throw new CommandFailure(message, 1, { cause: error });
  };
}

/**
 * Turns the error of a wrong secret or salt into a failure of the arguments. No message contains a
 * secret.
 */
function refuseArguments(error: unknown): never {
  // JavaScript reports a bug with "Cannot use 'in' operator", which is not such a message.
  const isRefusal = (error instanceof TypeError || error instanceof RangeError) &&
    /^Cannot use (?!')/.test(error.message);
  throw isRefusal ? new CommandFailure(error.message, 2, { cause: error }) : error;
}

/**
 * Reads a copied cookie: a value, a pair, or a whole header. It takes the named cookie of a header,
 * or else the first one.
 */
function cookieOf(text: string, wanted: string | undefined): { name: string; value: string } {
  const cookies = text.trim().replace(/^(?:set-)?cookie:\s*/i, "").split(";").map(pairOf);
  const named = cookies.find(({ name }) =>
    name !== undefined && (name === wanted || name === `${COOKIE_PREFIXES.host}${wanted}`)
  );
  const { name, value } = named ?? cookies[0] ?? { name: undefined, value: "" };
  return { name: named?.name ?? wanted ?? name ?? "session", value };
}

function pairOf(pair: string): { name: string | undefined; value: string } {
  // The equals signs of Base64 padding do not separate a name from a value.
  const [, name, value = pair] = /^([^=]+)=(?!=*\s*$)(.*)$/s.exec(pair) ?? [];
  return { name: name?.trim(), value: value.trim() };
}

/** The secrets in the variable: one in each line, the newest first. */
function secretsOf(variable: string | undefined): string[] {
  return (variable ?? "").split(/\r?\n/).filter((line) => line !== "");
}

/** A limit in seconds. `null` for `never`, and undefined without the option. */
function limitOf(args: Arguments, name: "timeout" | "lifetime"): number | null | undefined {
  const given = optionValue(args, name);
  if (given === undefined) return undefined;
  return given === "never" ? null : given.trim() === "" ? NaN : Number(given);
}
