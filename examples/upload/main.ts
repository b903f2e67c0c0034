/**
 * Serves the upload example on http://localhost:6543/ (`deno task example:upload`).
 *
 * Files go to the folder `uploads`. `SESSION_SECRET` signs the cookies. Without it, all sessions end when
 * the process ends. `PORT` is another port.
 *
 * @module
 */

import { makeUploadApp } from "./app.ts";

const folder = "uploads";
await Deno.mkdir(folder, { recursive: true });
const secret = Deno.env.get("SESSION_SECRET") ??
  crypto.getRandomValues(new Uint8Array(32)).toBase64();

Deno.serve({
  hostname: "localhost",
  port: Number(Deno.env.get("PORT") ?? 6543),
}, makeUploadApp({ secret, folder }).fetch);
