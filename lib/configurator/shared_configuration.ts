/**
 * What the parts of one configuration share.
 *
 * @module
 */

import type { App } from "../app/app.ts";
import { RequestOrigin } from "../http/request_origin.ts";
import { guardedLogger, type Logger } from "../log.ts";
import { DEFAULT_LIMITS, type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { assembleApp } from "./app_assembly.ts";
import { type Declaration, Declarations } from "./declarations.ts";
import { Includes } from "./includes.ts";
import type { ConfiguratorOptions } from "./options.ts";
import { Plan } from "./plan.ts";

/** What the parts of one configuration share. */
export class SharedConfiguration<Data extends object> {
  /** What was included. */
  readonly includes: Includes = new Includes();
  readonly #declarations: Declarations<Plan<Data>>;
  readonly #plan: Plan<Data>;
  readonly #origins: RequestOrigin;
  readonly #logger: Logger;
  readonly #bodyTimeout: number | null;
  readonly #bodyLimits: HeldLimits;

  /** Begins a configuration. */
  constructor(options: ConfiguratorOptions<Data>) {
    this.#plan = new Plan<Data>(options.development === true);
    this.#declarations = new Declarations(this.#plan);
    this.#logger = guardedLogger(options.logger);
    this.#bodyLimits = limitsOver(DEFAULT_LIMITS, options.bodyLimits);
    this.#bodyTimeout = options.bodyTimeout === undefined ? 30 : options.bodyTimeout;
    this.#origins = new RequestOrigin(options, this.#logger);
  }

  /** Records a statement. */
  declare(declaration: Declaration<Plan<Data>>): void {
    this.#declarations.add(declaration);
  }

  /** Carries out what was stated so far. */
  commit(): void {
    this.#declarations.execute();
  }

  /** Takes no more statements, and makes the app. */
  makeApp(): App<Data> {
    this.#declarations.close();
    return assembleApp(
      this.#plan,
      this.#origins,
      this.#logger,
      { bodyTimeout: this.#bodyTimeout, bodyLimits: this.#bodyLimits },
    );
  }
}
