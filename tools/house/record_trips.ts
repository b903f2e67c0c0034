/**
 * Makes the trips of the sample app inside a noted copy of a checkout, and prints them as JSON.
 *
 * A request's trip ends when the body of its response was read and a timer has passed.
 *
 * @module
 */

import { type Configurator, html, route } from "@pyramidion/pyramidion";
import type { RecordedTrips } from "./note.ts";
import { Recorder } from "./recorder.ts";
import { SAMPLE_ORIGIN, sampleApp, sampleConfigurator, type SampleData } from "./sample_app.ts";

async function recordRequests(recorder: Recorder): Promise<RecordedTrips> {
  const app = sampleApp();
  let cookie = "";
  const ask = async (path: string, init: RequestInit = {}): Promise<[Response, string]> => {
    const headers: Record<string, string> = cookie === "" ? {} : { cookie };
    if (init.method === "POST") headers["origin"] = SAMPLE_ORIGIN;
    const response = await app.fetch(new Request(SAMPLE_ORIGIN + path, { ...init, headers }));
    return [response, await response.text()];
  };
  /** Asks and keeps the cookies that are set, in the place of those from before. */
  const visit = async (path: string, init?: RequestInit): Promise<string> => {
    const [{ headers }, text] = await ask(path, init);
    const set = headers.getSetCookie().map((one) => one.split(";")[0] ?? "");
    if (set.length > 0) cookie = set.filter((one) => !one.endsWith("=")).join("; ");
    return text;
  };
  const form = async (): Promise<RequestInit> => ({
    method: "POST",
    body: new URLSearchParams({ csrf_token: await visit("/form") }),
  });
  const trip = (path: string, status: number, writes: boolean, init?: RequestInit) =>
    recorder.secondOf(() => {}, async () => {
      const [response] = await ask(path, init);
      // A trip to a place that was not meant would be a figure without a meaning.
      if (response.status === status && writes === response.headers.has("Set-Cookie")) return;
      throw new Error(`Cannot measure ${path}: it answers ${response.status}, not ${status}`);
    });
  const plain = await trip("/", 200, false);
  const missing = await trip("/nowhere", 404, false);
  const broken = await trip("/broken", 500, false);
  await visit("/count", await form());
  const post = await form();
  return {
    "a GET without a session": plain,
    "a GET with a remembered session": await trip("/count", 200, false),
    "a POST that writes the session": await trip("/count", 200, true, post),
    "a 404": missing,
    "a thrown error": broken,
  };
}

/** A statement, and what the app makes of it: work that moves from one to the other still shows. */
async function recordStatements(recorder: Recorder): Promise<RecordedTrips> {
  const item = route("item", "/items/:id");
  const withRoute = () => sampleConfigurator().addRoute(item);
  const state = (config: Configurator<SampleData>) =>
    config.addView(() => html`Item`, { route: item, requestParam: "page", header: "X-Item" });
  return {
    "an addView with two predicates": await recorder.secondOf(withRoute, state),
    "the makeApp of that view": await recorder.secondOf(
      () => state(withRoute()),
      (config) => config.makeApp(),
    ),
  };
}

if (import.meta.main) {
  const recorder = new Recorder();
  const trips = { ...await recordRequests(recorder), ...await recordStatements(recorder) };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(trips)));
}
