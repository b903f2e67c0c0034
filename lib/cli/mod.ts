/**
 * The command line program, with one command for each task.
 *
 * `routes` lists the routes of an app. `match` shows which view answers a request. `doctor` lists
 * the changes that an app needs after an upgrade. `inspect` shows the contents of a session cookie.
 * `secret` makes a secret. `sessions` checks a session store, and removes expired sessions from it.
 *
 * ```sh
 * deno run -A jsr:@pyramidion/pyramidion/cli routes app.ts
 * deno run -A jsr:@pyramidion/pyramidion/cli match app.ts GET /users/7
 * deno run -A jsr:@pyramidion/pyramidion/cli doctor app.ts
 * deno run --allow-env=SESSION_SECRET jsr:@pyramidion/pyramidion/cli inspect session=AQ…
 * deno run jsr:@pyramidion/pyramidion/cli secret
 * deno run --allow-read --allow-write jsr:@pyramidion/pyramidion/cli sessions sweep sqlite:sessions.db
 * ```
 *
 * @module
 */

import { runCommand } from "./command_line.ts";
import { thisMachine } from "./environment.ts";

export { type CommandOutcome, runCommand } from "./command_line.ts";
export type { CommandEnvironment } from "./environment.ts";

if (import.meta.main) {
  const { code, stdout, stderr } = await runCommand(Deno.args, thisMachine());
  await write(Deno.stdout.writable, stdout);
  await write(Deno.stderr.writable, stderr);
  // An imported app that serves requests would otherwise keep the process alive.
  Deno.exit(code);
}

async function write(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  if (text === "") return;
  try {
    await new Blob([text]).stream().pipeTo(stream);
  } catch {
    // The reader closed the stream early, as `head` does.
  }
}
