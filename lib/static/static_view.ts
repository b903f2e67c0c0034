/**
 * Serves a folder of files as a part of an app.
 *
 * @module
 */

import type { Configurator } from "../../configurator.ts";
import { BOOLEAN, checkOptions, describe, NAME, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { guardedLogger, LOGGER, type Logger } from "../log.ts";
import { requestPathname } from "../routing/request_target.ts";
import { requestState } from "../views/request.ts";
import { NO_PERMISSION_REQUIRED, type Permission, PERMISSION_KIND } from "../views/security.ts";
import { CACHE_POLICY_KINDS, cachePolicy, type CachePolicyOptions } from "./cache_policy.ts";
import { filePath, PublicFolder } from "./public_folder.ts";
import { StaticFiles } from "./static_files.ts";

/** The options of {@linkcode staticView}. */
export interface StaticViewOptions extends CachePolicyOptions {
  /**
   * The name of the route, with which you make URLs. Default: `static:` and the path, such as
   * `static:/static`.
   */
  readonly name?: string;
  /** Whether visitors can get files and folders whose names begin with a dot. @default {false} */
  readonly dotfiles?: boolean;
  /**
   * Whether the app sends `x.br` or `x.gz` in place of `x` to browsers that accept the coding. The
   * search costs two calls to the file system for each request. @default {true}
   */
  readonly precompressed?: boolean;
  /**
   * The permission that a visitor needs. Without this option every visitor gets the files, even if
   * the app has a default permission.
   */
  readonly permission?: Permission;
  /**
   * Gets an error for each file to which the app has no access. The visitor gets a 404. Default:
   * the logger of the app.
   */
  readonly logger?: Logger;
}

/** A function for `config.include()`, which adds routes and views to any app. */
export type StaticInclude = <Data extends object, Added extends object>(
  config: Configurator<Data, Added>,
) => void;

const KINDS: OptionKinds<StaticViewOptions> = {
  ...CACHE_POLICY_KINDS,
  name: NAME,
  dotfiles: BOOLEAN,
  precompressed: BOOLEAN,
  permission: PERMISSION_KIND,
  logger: LOGGER,
};

const PLAIN_PATH = /^(?:\/[^/:*+?(){}\\#%\s]+)*$/;

/**
 * Serves the files of a folder under a path of the app.
 *
 * It adds one route, `<path>/*`, and one view for GET and HEAD. The responses have a content type,
 * validators and a length. The view supports conditional requests, single ranges and precompressed
 * files. For a folder the view sends its `index.html`. It never lists a folder. It follows links
 * only within the folder, so that visitors cannot reach other files. It does not load the session.
 * Pyramid: `add_static_view`.
 *
 * @param path The path of the files, such as `/static`. With `/` the files cover the whole site,
 * and you must include them last.
 * @param folder A path, relative to the working directory, or a `file:` URL such as
 * `new URL("./public/", import.meta.url)`. The app resolves it in `config.include()`. If it is a
 * link, later changes of the link have no effect.
 * @param options Caching, dotfiles, compressed files, the permission, the logger, and the name of
 * the route.
 * @returns A function for `config.include()`.
 * @throws {ConfigurationError} If the path has characters of a pattern, or an option is wrong or
 * unknown.
 * @throws {ConfigurationError} From `config.include()`, if the folder does not exist or the app
 * cannot read it.
 *
 * @example A folder under `/static`
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { staticView } from "@pyramidion/pyramidion/static";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/site.css`, "h1 { color: teal }");
 * const app = new Configurator().include(staticView("/static", folder)).makeApp();
 * const response = await app.fetch(new Request("https://app.test/static/site.css"));
 * assertEquals(response.headers.get("content-type"), "text/css; charset=UTF-8");
 * assertEquals(await response.text(), "h1 { color: teal }");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function staticView(
  path: string,
  folder: string | URL,
  options: StaticViewOptions = {},
): StaticInclude {
  const prefix = checkedPath(path);
  checkOptions(`staticView("${path}")`, options, KINDS);
  const {
    name = `static:${prefix === "" ? "/" : prefix}`,
    permission = NO_PERMISSION_REQUIRED,
    precompressed,
  } = options;
  const sharing = permission === NO_PERMISSION_REQUIRED ? "public" : "private";
  const dotfiles = options.dotfiles === true;
  const cacheControl = cachePolicy(options, sharing);
  return (config) => {
    const files = new StaticFiles(new PublicFolder(folder, { dotfiles }), {
      cacheControl,
      precompressed: precompressed !== false,
      logger: options.logger === undefined ? config.logger : guardedLogger(options.logger),
    });
    const rules = { dotfiles, windows: Deno.build.os === "windows" };
    config.addRoute(name, `${prefix}/*`);
    config.addView(function staticFile(request) {
      const rest = request.matchdict["0"] ?? "";
      return files.answer(
        request,
        filePath(requestPathname(requestState(request).url), rest, rules),
      );
    }, { routeName: name, requestMethod: "GET", permission });
  };
}

function checkedPath(path: string): string {
  if (typeof path !== "string") {
    throw new ConfigurationError(
      `Cannot serve files: the path must be a string, not ${describe(path)}`,
    );
  }
  const prefix = path.endsWith("/") ? path.slice(0, -1) : path;
  if (PLAIN_PATH.test(prefix)) return prefix;
  const hint = path.startsWith("/") ? "" : `: write "/${path}"`;
  throw new ConfigurationError(
    `Cannot serve files under "${path}": must be a path from the root without characters of a pattern such as ":" and "*"${hint}`,
  );
}
