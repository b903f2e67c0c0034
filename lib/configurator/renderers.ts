/**
 * Which renderer makes the responses of a view: by its name, by the suffix of a template, or by
 * default.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { BoundRenderer, Renderer } from "../views/handler.ts";
import type { Plan } from "./plan.ts";
import { declaredAt } from "./statements.ts";

/** The parts of a plan that renderers are found in. */
type PlannedRenderers = Pick<Plan<object>, "renderers" | "defaultRenderer">;

/**
 * Finds the renderer of a view.
 *
 * A name such as `page.html.eta` selects the renderer of this name, else that of `.html.eta`, else
 * that of `.eta`.
 *
 * @param plan The plan.
 * @param stated What the view stated. Undefined selects the default renderer.
 * @returns The renderer, or undefined if the view has none.
 * @throws {ConfigurationError} If no renderer has the name or a suffix of it.
 */
export function rendererOf(
  { renderers, defaultRenderer }: PlannedRenderers,
  stated: string | Renderer | undefined,
): BoundRenderer | undefined {
  const wanted = stated ?? defaultRenderer?.renderer;
  if (wanted === undefined) return undefined;
  if (typeof wanted !== "string") return bound(wanted, wanted.name);
  const found = [wanted, ...suffixesOf(wanted)].find((name) => renderers.has(name));
  const renderer = found === undefined ? undefined : renderers.get(found);
  if (renderer === undefined) throw unknownRenderer(wanted, renderers.keys());
  return bound(renderer, wanted);
}

/**
 * Refuses a default renderer that does not exist, even if every view states one.
 *
 * @throws {ConfigurationError} If no renderer has the name or a suffix of it.
 */
export function checkDefaultRenderer(plan: PlannedRenderers): void {
  try {
    rendererOf(plan, undefined);
  } catch (error) {
    throw declaredAt(error, `the default renderer set at ${plan.defaultRenderer?.place}`);
  }
}

function bound(renderer: Renderer, name: string): BoundRenderer {
  const info = Object.freeze({ name });
  return (value, request) => renderer(value, request, info);
}

/** The suffixes of a name, the longest first. */
function suffixesOf(name: string): string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(index));
}

function unknownRenderer(name: string, known: Iterable<string>): ConfigurationError {
  const hint = didYouMean(name, known) ||
    `: write config.addRenderer("${suffixesOf(name).at(-1) ?? name}", …)`;
  return new ConfigurationError(`Cannot render by "${name}": there is no such renderer${hint}`);
}
