/**
 * What the parts of one configuration share.
 *
 * @module
 */

import type { App } from "../app/app.ts";
import { RequestOrigin } from "../http/request_origin.ts";
import { consoleLogger, type Logger } from "../log.ts";
import type { Place } from "../place.ts";
import { assembleApp } from "./app_assembly.ts";
import { Declarations } from "./declarations.ts";
import { Includes, type Part } from "./includes.ts";
import type { ConfiguratorOptions } from "./options.ts";
import { Plan } from "./plan.ts";

/** A statement, before it is told from those of other parts. */
export interface Statement {
  /** What may be said only once; `null` for what may be repeated. */
  readonly subject: string | null;
  /** What tells two things of one name apart. */
  readonly identity?: string;
  /** The part that says it. */
  readonly part: Part;
  /** Where it is said. */
  readonly place: Place;
  /** Carries it out; a later statement of the same key replaces an earlier one. */
  readonly apply: (key: string, place: Place) => void;
}

/** What the parts of one configuration share. */
export class SharedConfiguration<Data extends object> {
  /** What the statements add up to. */
  readonly plan: Plan<Data>;
  /** What was included. */
  readonly includes: Includes = new Includes();
  readonly #declarations = new Declarations();
  readonly #origins: RequestOrigin;
  readonly #logger: Logger;

  /** Begins a configuration. */
  constructor(options: ConfiguratorOptions<Data>) {
    this.plan = new Plan<Data>(options.development ?? false);
    this.#origins = new RequestOrigin(options);
    this.#logger = options.logger ?? consoleLogger;
  }

  /** Records a statement; each inclusion of a callable makes its own. */
  declare({ subject: stated, identity = "", part, place, apply }: Statement): void {
    const subject = stated === null ? null : stated + part.repetition;
    const key = subject + identity;
    this.#declarations.add({ subject, key, place, part, apply: () => apply(key, place) });
  }

  /** Carries out what was stated so far. */
  commit(): void {
    this.#declarations.execute();
  }

  /** Takes no more statements, and makes the app. */
  makeApp(): App<Data> {
    this.#declarations.close();
    return assembleApp(this.plan, this.#origins, this.#logger);
  }
}
