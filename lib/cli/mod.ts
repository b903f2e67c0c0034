/**
 * The command line program: it lists the routes of an app, shows which view answers a request, lists
 * what the changed defaults mean for an app, inspects a session cookie, makes a secret, and checks and
 * sweeps a store of sessions.
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
  // Without it an app that was imported and serves would keep the process alive.
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
