/**
 * A process that starts a server and an app, says what they are, and waits to be killed.
 *
 * @module
 */

import { AppProcess } from "../../../tools/faults/app_process.ts";
import { Keeper } from "../../../tools/faults/keeper.ts";

const keeper = await Keeper.open(() => ["sleep", "1000"]);
await keeper.start();
keeper.signal("SIGSTOP");
const app = await AppProcess.start({ place: { kind: "memory" } });
const said = { folder: keeper.folder, pids: [keeper.pid, app.pid] };
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(said)}\n`));
await new Promise(() => setInterval(() => {}, 1000));
