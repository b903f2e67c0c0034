/**
 * Apps in development mode, and what a person reads of their pages.
 *
 * @module
 */

import { type Configurator, HttpFound, type View } from "@pyramidion/pyramidion";
import { sampleApp, type SampleData, type SampleOptions } from "../../sample_app.ts";

export const HTML = { headers: { accept: "text/html" } };

export function developedApp(views: Record<string, View<SampleData>>, options: SampleOptions = {}) {
  return sampleApp(views, { ...options, config: { development: true, ...options.config } });
}

/** An app whose one view throws. */
export function thrower(thrown: unknown, configure?: (config: Configurator<SampleData>) => void) {
  const view = (): never => {
    throw thrown;
  };
  return developedApp({ "/": view }, configure === undefined ? {} : { configure });
}

/** What a person reads: the text of a page, its entities decoded. */
export function readable(page: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return page.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, " ")
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => entities[name] ?? "").replace(/\s+/g, " ");
}

export async function pageOf(response: Response | Promise<Response>): Promise<string> {
  return readable(await (await response).text());
}

/** Far from the tests whose secrets its page, which shows this source, must not show. */
export const mailer: View<SampleData> = (request) => {
  throw new Error(`Cannot mail "${request.url.href}", nor ${request.url.search}`, {
    cause: { url: request.url.href },
  });
};

export function refusedRedirection(location: string) {
  return thrower(new HttpFound(location)).client;
}

export function bookApp() {
  return developedApp({
    "/books/:id": async (request) => {
      const session = await request.session;
      session.set("user", "ada lovelace");
      throw new RangeError("No such book", { cause: new TypeError("Shelf is empty") });
    },
  }, {
    configure(config) {
      config.addRoute("hidden", "/books/*", { header: "x-hidden" });
    },
  });
}
