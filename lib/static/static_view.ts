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
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { NO_PERMISSION_REQUIRED, type Permission, PERMISSION_KIND } from "../views/security.ts";
import { CACHE_POLICY_KINDS, cachePolicy, type CachePolicyOptions } from "./cache_policy.ts";
import { AssetUrls } from "./asset_urls.ts";
import { FileHashes } from "./file_hashes.ts";
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

/** A function for `config.include()`, which adds a route and a view to any app. */
export interface StaticInclude {
  /** Adds the route and the view. */
  <Data extends object, Added extends object>(config: Configurator<Data, Added>): void;
  /**
   * The path of a file of the folder, with a hash of its content, such as
   * `/static/site.css?v=9e107d9d372bb682`. Pyramid: `request.static_path` with a cache buster.
   *
   * Browsers keep the answer for a year without a new request. If the file changes, then its URL
   * changes. A URL with an older hash gets the file as it is now, with the usual caching. In
   * development mode, and for a file of more than 4 MiB, the path has no hash. The app reads a file
   * at the first call, and then only if it has changed when a visitor gets it.
   *
   * @param request The request that the page answers. It gives the path under which the app is
   * mounted, and that of the part.
   * @param name The path within the folder, such as `css/site.css`.
   * @throws {RangeError} If the folder has no such file.
   * @throws {TypeError} If the name is not a string, or the static view is not included.
   *
   * @example A style sheet
   * ```ts
   * import { Configurator, html } from "@pyramidion/pyramidion";
   * import { staticView } from "@pyramidion/pyramidion/static";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const folder = await Deno.makeTempDir();
   * await Deno.writeTextFile(`${folder}/site.css`, "a");
   * const assets = staticView("/static", folder);
   * const app = new Configurator().include(assets).addRoute("home", "/", {
   *   view: (request) => html`${assets.assetUrl(request, "site.css")}`,
   * }).makeApp();
   * const page = await app.fetch(new Request("https://app.test/"));
   * const url = await page.text();
   * assertEquals(url, "/static/site.css?v=af63dc4c8601ec8c");
   * const css = await app.fetch(new Request(`https://app.test${url}`));
   * assertEquals(css.headers.get("cache-control"), "public, max-age=31536000, immutable");
   * await css.body?.cancel();
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  assetUrl(request: AnyViewRequest, name: string): string;
}

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
 * @returns A function for `config.include()`, with the function `assetUrl()`.
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
  const hashes = new FileHashes();
  const urls = new AssetUrls({ path, name, dotfiles, hashes });
  const include = <Data extends object, Added extends object>(
    config: Configurator<Data, Added>,
  ): void => {
    const publicFolder = new PublicFolder(folder, { dotfiles });
    urls.folder = publicFolder;
    const files = new StaticFiles(publicFolder, {
      cacheControl,
      hashes,
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
    }, { routeName: name, requestMethod: "GET", permission, permitsAnonymous: true });
  };
  return Object.assign(include, {
    assetUrl: (request: AnyViewRequest, file: string) => urls.of(request, file),
  });
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
