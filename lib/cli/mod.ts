/**
 * The command line: what an app's routes are, who answers a request, what changed defaults mean for
 * it, what is in a session cookie, and a new secret.
 *
 * ```sh
 * deno run -A jsr:@pyramidion/pyramidion/cli routes app.ts
 * deno run -A jsr:@pyramidion/pyramidion/cli match app.ts GET /users/7
 * deno run -A jsr:@pyramidion/pyramidion/cli doctor app.ts
 * deno run --allow-env=SESSION_SECRET jsr:@pyramidion/pyramidion/cli inspect session=AQ…
 * deno run jsr:@pyramidion/pyramidion/cli secret
 * ```
 *
 * @module
 */

import { runCommand } from "./command_line.ts";
import { thisMachine } from "./environment.ts";

export { type CommandOutcome, runCommand } from "./command_line.ts";
export type { Surroundings } from "./environment.ts";

if (import.meta.main) {
  const { code, output, complaint } = await runCommand(Deno.args, thisMachine());
  await write(Deno.stdout.writable, output);
  await write(Deno.stderr.writable, complaint);
  // An app that was imported may have begun to serve.
  Deno.exit(code);
}

async function write(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  if (text === "") return;
  try {
    await new Blob([text]).stream().pipeTo(stream);
  } catch {
    // Whoever reads has read enough, as `head` does.
  }
}
