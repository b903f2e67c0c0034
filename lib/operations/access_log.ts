/**
 * Writes a line for each response: an access log.
 *
 * ```ts
 * import { Configurator, html } from "@pyramidion/pyramidion";
 * import { accessLog } from "@pyramidion/pyramidion/access-log";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * let log = "";
 * const app = new Configurator({ trusted: { hops: 1, headers: ["x-request-id"] } })
 *   .include(accessLog({ format: "json", write: (lines) => void (log += lines) }))
 *   .addRoute("user", "/users/:id", { view: () => html`Ada` })
 *   .makeApp();
 * const headers = { "x-request-id": "f3a1" };
 * await app.fetch(new Request("https://app.test/users/7?token=secret", { headers }));
 * const { method, route, path, status, bytes, id } = JSON.parse(log);
 * assertEquals([method, route, path, status, bytes, id], ["GET", "/users/:id", "/users/7", 200, 3, "f3a1"]);
 * ```
 *
 * @module
 */

import type { Configurator } from "../../configurator.ts";
import { ResponseSent } from "../app/events.ts";
import type { HeaderPolicy } from "../app/tweens.ts";
import {
  BOOLEAN,
  checkOptions,
  decided,
  FUNCTION,
  oneOf,
  type OptionKinds,
} from "../check_options.ts";
import { HEADER_POLICY } from "../configurator/app_statements.ts";
import { type Logger, writeToStandardOutput } from "../log.ts";
import type { AnyData } from "../views/request.ts";
import { type LineContents, lineOf } from "./log_line.ts";
import { LineQueue } from "./line_queue.ts";

export {
  type Delivery,
  type ResponseFacts,
  ResponseSent,
  type SessionResult,
} from "../app/events.ts";

/** The options of {@linkcode accessLog}. */
export interface AccessLogOptions {
  /**
   * `text` writes lines for people, and `json` writes one JSON object a line. @default {"text"}
   */
  readonly format?: "text" | "json";
  /**
   * Whether the line has the path as it was sent, beside the pattern of the route. Set it to
   * `false` if paths carry secrets, such as links for a new password. @default {true}
   */
  readonly path?: boolean;
  /**
   * What the line has of the query: nothing, the names of its parameters, or all of it. A query can
   * carry secrets, such as tokens. @default {"none"}
   */
  readonly query?: "none" | "names" | "all";
  /**
   * Decides which responses get no line, such as those of health checks. It must return `true` or
   * `false`. Default: none.
   */
  readonly skip?: (sent: ResponseSent<AnyData>) => boolean;
  /**
   * The share of the responses that get a line, from 0 to 1. A response with a status from 400 on,
   * or one that was not sent whole, always gets one. @default {1}
   */
  readonly sample?: number;
  /**
   * Takes whole lines, each with its line break. If it returns a promise, then further lines wait
   * until it resolves. At most 10,000 lines wait. Default: writes to standard output.
   */
  readonly write?: (lines: string) => void | Promise<void>;
  /** Whether each response has the id of its request as `X-Request-Id`. @default {false} */
  readonly idHeader?: boolean;
  /** Gives the time in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Gives a number from 0 to 1 for `sample`. Default: `Math.random`. */
  readonly random?: () => number;
}

const KINDS: OptionKinds<AccessLogOptions> = {
  format: oneOf("text", "json"),
  path: BOOLEAN,
  query: oneOf("none", "names", "all"),
  skip: FUNCTION,
  sample: {
    expected: "a number from 0 to 1",
    is: (value) => typeof value === "number" && value >= 0 && value <= 1,
  },
  write: FUNCTION,
  idHeader: BOOLEAN,
  now: FUNCTION,
  random: FUNCTION,
};

/** A function for `config.include()`. */
export type AccessLogInclude = <Data extends object, Added extends object>(
  config: Configurator<Data, Added>,
) => void;

/**
 * Writes a line for each response, after it was sent.
 *
 * A line has the method, the pattern of the route, the path, and the status that the visitor got. It
 * also has the times, the bytes, the view, the session, the id of the request, and the visitor's
 * address. It has no header, no cookie and no body. It says whether the visitor went away before the
 * end, or the stream of the body failed. Text from a visitor cannot forge a line.
 *
 * Include it in the app, or in a scoped part for the requests of that part. If writing fails or is
 * slow, then requests go on. Lines that cannot be written are dropped, and the log of the app tells
 * how many. A line costs about 3 µs. A body of unknown size is counted, which costs about 50 µs:
 * `html`, `json()`, files and a `Content-Length` state the size.
 *
 * @param options The format, what is left out, and where the lines go.
 * @returns A function for `config.include()`.
 * @throws {ConfigurationError} If an option is wrong or unknown.
 *
 * @example Leave out health checks
 * ```ts
 * import { Configurator, html } from "@pyramidion/pyramidion";
 * import { accessLog } from "@pyramidion/pyramidion/access-log";
 * import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
 *
 * const lines: string[] = [];
 * const app = new Configurator()
 *   .include(accessLog({
 *     skip: ({ facts }) => facts.route === "/health",
 *     write: (line) => void lines.push(line),
 *   }))
 *   .addRoute("health", "/health", { view: () => html`up` })
 *   .addRoute("home", "/", { view: function home() { return html`Welcome`; } })
 *   .makeApp();
 * await app.fetch(new Request("https://app.test/health"));
 * await app.fetch(new Request("https://app.test/"));
 * assertEquals(lines.length, 1);
 * assertMatch(lines[0]!, /^\S+ GET \/ 200 \d+\.\dms 7B path=\/ view="view home" session=none /);
 * ```
 */
export function accessLog(options: AccessLogOptions = {}): AccessLogInclude {
  checkOptions("accessLog()", options, KINDS);
  const { write = writeToStandardOutput, now = Date.now, idHeader } = options;
  const contents: LineContents = {
    isJson: options.format === "json",
    hasPath: options.path !== false,
    query: options.query ?? "none",
  };
  return <Data extends object, Added extends object>(config: Configurator<Data, Added>): void => {
    const { logger } = config;
    const queue = new LineQueue(write, logger);
    config.addSubscriber(ResponseSent, (sent) => {
      if (isWanted(sent, options, logger)) queue.add(lineOf(sent, contents, now()));
    });
    if (idHeader === true) config[HEADER_POLICY]("the header X-Request-Id", () => ID_HEADER);
  };
}

/** A failing `skip` leaves nothing out. */
function isWanted(
  sent: ResponseSent<AnyData>,
  { skip, sample = 1, random = Math.random }: AccessLogOptions,
  logger: Logger,
): boolean {
  try {
    if (skip !== undefined && decided(skip(sent), "skip of accessLog()")) return false;
  } catch (error) {
    logger.error("skip of accessLog() failed", error);
  }
  if (sample === 1 || sent.response.status >= 400 || sent.delivery.end !== "sent") return true;
  return random() < sample;
}

/** A policy, and no subscriber: tweens, too, answer requests. */
const ID_HEADER: HeaderPolicy = {
  apply: ({ id }, { headers }) => headers.set("x-request-id", id),
};
