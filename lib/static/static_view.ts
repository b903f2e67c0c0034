/**
 * A folder of files as part of an app.
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

/** How a folder is served. */
export interface StaticViewOptions extends CachePolicyOptions {
  /** The route's name, by which URLs are made. Default: `static:` and the path, such as `static:/static`. */
  readonly name?: string;
  /** Whether files and folders are served whose name begins with a dot. @default {false} */
  readonly dotfiles?: boolean;
  /**
   * Whether `x.br` and `x.gz` are sent for `x` to those who accept them. Looking for them costs two
   * calls to the file system for each request. @default {true}
   */
  readonly precompressed?: boolean;
  /** What a visitor must be permitted. Default: nothing, whatever the app's default is. */
  readonly permission?: Permission;
  /** Gets an error for each file that the app may not read. Visitors get a 404. Default: the logger of the app. */
  readonly logger?: Logger;
}

/** Adds something to an app: what `config.include()` takes. */
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
 * Makes an include that serves the files of a folder under a path.
 *
 * It adds one route, `<path>/*`, and one view for GET and HEAD. Files are sent with type, validators
 * and length; conditional requests, single ranges and precompressed files are understood. A folder is
 * answered by its `index.html`, and is never listed. Nothing outside of the folder can be reached:
 * links are followed as long as they stay inside. The session is never touched. Pyramid:
 * `add_static_view`.
 *
 * @param path Where the files appear, such as `/static`; `/` for the whole site, then included last.
 * @param folder A path, relative to the working directory, or a `file:` URL such as
 * `new URL("./public/", import.meta.url)`. It is found when it is included: if it is a link, where
 * that led then counts.
 * @param options Caching, dotfiles and names.
 * @throws {ConfigurationError} If the path has characters of a pattern, or an option is wrong or unknown; and,
 * when it is included, if the folder does not exist or cannot be read.
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
    `Cannot serve files under "${path}": must be a path from the root without the characters of a pattern${hint}`,
  );
}
