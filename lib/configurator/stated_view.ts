/**
 * What a configuration states of a view.
 *
 * @module
 */

import { checkOptions } from "../check_options.ts";
import type { Place } from "../place.ts";
import { shortViewLabel, type ViewLabel, viewLabel } from "../views/view_label.ts";
import { VIEW_KINDS, type ViewOptions } from "../views/view_options.ts";
import type { Declaration } from "./declarations.ts";
import type { Part } from "./includes.ts";
import { routeWantedBy } from "./options.ts";
import type { Plan, PlannedView } from "./plan.ts";
import { declaredAt } from "./view_assembly.ts";
import { viewConditions, viewSubject } from "./view_subject.ts";

/** What is stated of a view. */
export type ViewStatement = Omit<PlannedView, keyof ViewLabel>;

/** A view that is stated: of many there is one object each. */
export class StatedView<Data extends object> implements PlannedView, Declaration<Plan<Data>> {
  /** The view's name; `""` where it says nothing. */
  readonly name: string;
  /** The view. */
  readonly view: PlannedView["view"];
  /** What was stated with it. */
  readonly options: ViewOptions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: Place;
  readonly #conditions: string;

  /**
   * Checks what is stated.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown, or it is not said whose route it is.
   */
  constructor({ name, view, options, part, place }: ViewStatement) {
    this.name = name;
    this.view = view;
    this.options = options;
    this.part = part;
    this.place = place;
    try {
      checkOptions(name === "" ? "the view" : `view ${name}`, options, VIEW_KINDS);
      routeWantedBy(options);
      this.#conditions = viewConditions(options);
    } catch (error) {
      throw declaredAt(error, viewLabel(name, place));
    }
  }

  /** What it is called where its name says enough. */
  get short(): string {
    return shortViewLabel(this.name, this.place);
  }

  /** What it is called in messages. */
  toString(): string {
    return viewLabel(this.name, this.place);
  }

  /** Words do. */
  get identity(): string {
    return "";
  }

  /** What it answers, in words that are the same for what conflicts. */
  get subject(): string {
    return viewSubject(routeWantedBy(this.options), this.#conditions);
  }

  /** Plans it. */
  apply(plan: Plan<Data>, key: string): void {
    plan.views.set(key, this);
  }
}
