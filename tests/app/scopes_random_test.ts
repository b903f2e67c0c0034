/**
 * Scoped parts against a plain model: random trees of parts, each asked for its pages and for what
 * is not there.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, html } from "@pyramidion/pyramidion";
import { textOf } from "../ask.ts";
import { Random } from "../random.ts";

/** A part of a tree: what it is included with, and what it includes. */
interface Part {
  readonly name: string;
  /** What is added to the prefix around it: `""`, or a path. */
  readonly own: string;
  readonly prefix: string;
  readonly isScoped: boolean;
  readonly parts: readonly Part[];
}

function randomTree(
  random: Random,
  prefix: string,
  depth: number,
  names: { last: number },
): Part[] {
  return Array.from({ length: random.below(3) + (depth === 0 ? 1 : 0) }, () => {
    const name = `p${++names.last}`;
    const own = random.chance(0.7) ? `/${name}` : "";
    const below = prefix + own;
    const parts = depth < 3 ? randomTree(random, below, depth + 1, names) : [];
    return { name, own, prefix: below, isScoped: random.chance(0.6), parts };
  });
}

/** States a page, and what is about the scope: a tween, and in a scoped part a view for a 404. */
function configure(config: Configurator, { name, isScoped, parts }: Part): void {
  config.addRoute(name, `/${name}.html`, { view: () => html`${name}` });
  config.addTween((handler) => async (request) => {
    const response = await handler(request);
    return new Response(`${await response.text()}<${name}`, response);
  }, { name });
  if (isScoped) config.addNotFoundView(() => html`no ${name}`);
  for (const part of parts) include(config, part);
}

function include(config: Configurator, part: Part): void {
  config.include((config) => configure(config, part), {
    ...(part.own === "" ? {} : { routePrefix: part.own }),
    scoped: part.isScoped,
  });
}

/** The scopes around a part, from the outermost to its own. */
type Scopes = readonly Part[];

/** Every part with the scopes around it. */
function flat(parts: readonly Part[], around: Scopes): { part: Part; scopes: Scopes }[] {
  return parts.flatMap((part) => {
    const scopes = part.isScoped ? [...around, part] : around;
    return [{ part, scopes }, ...flat(part.parts, scopes)];
  });
}

/** The tweens of a scope, innermost first: the last that was added stands outermost. */
function tweensOf(scope: Part): string[] {
  const inner = scope.parts.filter(({ isScoped }) => !isScoped).flatMap(tweensOf);
  return [scope.name, ...inner];
}

/** The marks that tweens leave on an answer within scopes. */
function marks(root: Part, scopes: Scopes): string {
  return [root, ...scopes].toReversed().flatMap(tweensOf).map((name) => `<${name}`).join("");
}

/** The innermost scopes whose own prefix a path has. */
function owners(root: Part, path: string): Scopes {
  let found: Scopes = [];
  for (const { part, scopes } of flat(root.parts, [])) {
    const owns = part.isScoped && part.own !== "" &&
      (path === part.prefix || path.startsWith(`${part.prefix}/`));
    if (owns && scopes.length > 0 && part.prefix.length > (found.at(-1)?.prefix.length ?? 0)) {
      found = scopes;
    }
  }
  return found;
}

Deno.test("scoped parts answer as a plain model does, in random trees of parts", async (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    await t.step(`seed ${seed}`, async () => {
      const root: Part = {
        name: "app",
        own: "",
        prefix: "",
        isScoped: true,
        parts: randomTree(new Random(seed), "", 0, { last: 0 }),
      };
      const config = new Configurator();
      configure(config, root);
      const app = config.makeApp();
      for (const { part, scopes } of flat(root.parts, [])) {
        const page = `${part.prefix}/${part.name}.html`;
        assertEquals(await textOf(app, page), part.name + marks(root, scopes), page);
        for (const path of [part.prefix, `${part.prefix}/none`, `${part.prefix}none`]) {
          if (path === "") continue;
          const around = owners(root, path);
          const answer = `404 no ${(around.at(-1) ?? root).name}${marks(root, around)}`;
          assertEquals(await textOf(app, path), answer, path);
        }
      }
    });
  }
});
