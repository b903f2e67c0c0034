/**
 * Starts the sample app, asks it once, and prints that it answered.
 *
 * @module
 */

import { SAMPLE_ORIGIN, sampleApp } from "./sample_app.ts";

const response = await sampleApp().fetch(new Request(`${SAMPLE_ORIGIN}/`));
await Deno.stdout.write(new TextEncoder().encode(await response.text()));
