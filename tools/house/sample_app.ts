/**
 * The app whose trips are measured, written with public names only. It is run inside the copy of a
 * checkout, so that one script measures every checkout.
 *
 * @module
 */

import {
  type App,
  Configurator,
  html,
  route,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";

/** What its sessions hold. */
export interface SampleData {
  /** How often something was posted. */
  count: number;
}

/** Where the app is asked. */
export const SAMPLE_ORIGIN = "https://app.test";

const SECRET = "9f4be2d7a6c0318e-for-the-measured-app-alone";

const quiet = { warn: (): void => {}, error: (): void => {} };

/** A Configurator as the app has it, without a route. */
export function sampleConfigurator(): Configurator<SampleData> {
  const config = new Configurator<SampleData>({
    sessionFactory: signedCookieSessionFactory<SampleData>(SECRET),
    logger: quiet,
  });
  config.setDefaultCsrfOptions();
  return config;
}

/** Makes the app. `/` needs no session, `/count` reads and writes one, `/form` has a token, `/broken` throws. */
export function sampleApp(): App<SampleData> {
  const config = sampleConfigurator();
  const count = route("count", "/count");
  config.addRoute("home", "/").addView(() => html`<h1>Home</h1>`, { routeName: "home" });
  config.addRoute(count).addView(async (request) => {
    return html`${(await request.session).get("count") ?? 0}`;
  }, { route: count });
  config.addView(async (request) => {
    const session = await request.session;
    session.set("count", (session.get("count") ?? 0) + 1);
    return html`Counted`;
  }, { route: count, requestMethod: "POST" });
  config.addRoute("form", "/form").addView(async (request) => {
    return html`${(await request.session).getCsrfToken()}`;
  }, { routeName: "form" });
  config.addRoute("broken", "/broken").addView(() => {
    throw new Error("The view is broken");
  }, { routeName: "broken" });
  return config.makeApp();
}
