/**
 * Apps of a few views, a visitor, a clock and a log: what most tests of views and apps begin with.
 *
 * @module
 */

import {
  type App,
  Configurator,
  type ConfiguratorOptions,
  HttpBadRequest,
  type Route,
  type SessionFactory,
  signedCookieSessionFactory,
  type View,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { OriginOptions, SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock, TestClient } from "@pyramidion/pyramidion/testing";

/** What the sample apps remember. */
export interface SampleData {
  /** A name. */
  user: string;
  /** A number. */
  count: number;
  /** Something that can be changed in place. */
  list: number[];
}

/** Something that was logged as an error. */
export interface LoggedError {
  /** What failed. */
  readonly message: string;
  /** What was thrown. */
  readonly cause: unknown;
}

/** An app with what is around it. */
export interface Sample {
  /** The app. */
  readonly app: App<SampleData>;
  /** A visitor of `https://app.test`. */
  readonly client: TestClient;
  /** The time of the app and of the visitor. */
  readonly clock: SettableClock;
  /** What the app logged. */
  readonly errors: readonly LoggedError[];
}

/** What a sample app differs in. */
export interface SampleOptions {
  /** Where sessions come from; `null`: nowhere. Default: a signed cookie. */
  readonly sessionFactory?: SessionFactory<SampleData> | null;
  /** How the signed cookie differs. */
  readonly session?: SecretCookieSessionOptions<SampleData>;
  /** How the Configurator differs. */
  readonly config?: Omit<ConfiguratorOptions<SampleData>, "sessionFactory" | "logger">;
  /** What else the app says. */
  readonly configure?: (config: Configurator<SampleData>) => void;
}

/** The secret of the sample apps. */
export const SAMPLE_SECRET = "3f9a64d18c07b25e-for-the-sample-apps-of-tests-alone";

/** The cookie of the sample apps. */
export const SAMPLE_COOKIE = "__Host-session";

/** A logger that remembers. */
export function recordingLogger(): {
  warn: (message: string) => void;
  error: (message: string, cause: unknown) => void;
  readonly errors: LoggedError[];
} {
  const errors: LoggedError[] = [];
  return {
    warn: () => {},
    error: (message, cause) => void errors.push({ message, cause }),
    errors,
  };
}

/**
 * Makes an app of views by their paths; they answer every method.
 *
 * @param views The views; the key is the pattern, and the route's name.
 * @param options What else.
 */
export function sampleApp(
  views: Record<string, View<SampleData>>,
  options: SampleOptions = {},
): Sample {
  const clock = settableClock();
  const logger = recordingLogger();
  const config = new Configurator<SampleData>({ ...options.config, logger });
  const { sessionFactory } = options;
  if (sessionFactory !== null) {
    config.setSessionFactory(
      sessionFactory ??
        signedCookieSessionFactory<SampleData>(SAMPLE_SECRET, { clock, ...options.session }),
    );
  }
  for (const [path, view] of Object.entries(views)) {
    config.addRoute(path, path).addView(view, { routeName: path, requestMethod: "*" });
  }
  options.configure?.(config);
  const app = config.makeApp();
  return { app, client: new TestClient(app, { clock }), clock, errors: logger.errors };
}

/** How a request differs, and the app that gets it. */
export interface SampleRequestOptions extends RequestInit, OriginOptions {
  /** Routes of the app, for URLs. */
  readonly routes?: readonly Route[];
  /** The URL as it was on the wire, which `Deno.serve` hands on as it is. */
  readonly wire?: string;
}

/**
 * A request as the views of an app get it, which need not be answered any more.
 *
 * @param url Where to.
 * @param options What else; `publicOrigin`, `trusted` and `trustedHops` are the app's.
 */
export function sampleRequest(url: string, options: SampleRequestOptions = {}): ViewRequest {
  const { routes = [], wire, publicOrigin, trusted, trustedHops, ...init } = options;
  const config = new Configurator({
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(trustedHops === undefined ? {} : { trustedHops }),
    logger: recordingLogger(),
  });
  let captured: ViewRequest | undefined;
  const capture = (request: ViewRequest) => {
    captured = request;
    return new Response();
  };
  for (const route of routes) config.addRoute(route);
  config.addRoute("any", "/*").addView(capture, { routeName: "any", requestMethod: "*" });
  config.addExceptionView((_error, request) => capture(request), { context: HttpBadRequest });
  const raw = new Request(url, init);
  if (wire !== undefined) Object.defineProperty(raw, "url", { value: wire });
  config.makeApp().fetch(raw);
  if (captured === undefined) throw new Error(`no view was asked for ${url}`);
  return captured;
}
