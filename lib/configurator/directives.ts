/**
 * The methods that parts add to the Configurators of an app.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { SourceLocation } from "../source_location.ts";
import { checkNamed, ConfigurationConflictError } from "./statements.ts";

/**
 * A method that `addDirective()` added. It returns the Configurator on which you call it.
 *
 * @typeParam Name Its name.
 * @typeParam Args What it takes.
 */
export type DirectiveMethod<Name extends string, Args extends unknown[]> = {
  readonly [Key in Name]: <Config>(this: Config, ...args: Args) => Config;
};

/** The function of a directive. It gets a Configurator, and then the arguments of the call. */
export type Directive = (config: never, ...args: never[]) => unknown;

/** Calls a directive for a Configurator, on behalf of a source location. */
type Call = (directive: Directive, args: readonly unknown[], place: SourceLocation) => void;

/** The directives of an app. Each Configurator of the app has them as methods. */
export class Directives {
  readonly #added = new Map<string, { directive: Directive; place: SourceLocation }>();
  readonly #configurators = new Map<object, Call>();

  /**
   * Gives a Configurator the directives, those that are added later too.
   *
   * @param config The Configurator.
   * @param call Calls a directive for it.
   */
  adopt<Config extends object, Methods>(config: Config, call: Call): Config & Methods;
  adopt(config: object, call: Call): unknown {
    this.#configurators.set(config, call);
    for (const [name, { directive }] of this.#added) define(config, name, directive, call);
    return config;
  }

  /**
   * Adds a directive to all Configurators of the app.
   *
   * @throws {ConfigurationError} If the name is not a string or is empty, or the directive is not a
   * function. If every Configurator has a member of this name, or `await` would call it.
   * @throws {ConfigurationConflictError} If there is a directive of this name.
   */
  add(name: string, directive: Directive, place: SourceLocation): void {
    checkNamed("directive", name, directive);
    if (name === "then") {
      throw new ConfigurationError(
        `Cannot add directive "then" at ${place}: await would call it: give it another name`,
      );
    }
    const first = this.#added.get(name);
    if (first !== undefined) {
      throw new ConfigurationConflictError(
        `directive "${name}"`,
        [String(first.place), String(place)],
      );
    }
    this.#added.set(name, { directive, place });
    for (const [config, call] of this.#configurators) {
      if (name in config) {
        this.#added.delete(name);
        throw new ConfigurationError(
          `Cannot add directive "${name}" at ${place}: every Configurator has a member of this name already: give it another name`,
        );
      }
      define(config, name, directive, call);
    }
  }
}

function define(config: object, name: string, directive: Directive, call: Call): void {
  const value = (...args: unknown[]): object => {
    call(directive, args, new SourceLocation());
    return config;
  };
  Object.defineProperty(config, name, { value });
}
