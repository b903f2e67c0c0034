/**
 * Servers, apps and folders end with the harness, however it ends.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { AppProcess } from "../../../tools/faults/app_process.ts";
import { Keeper, until } from "../../../tools/faults/keeper.ts";
import { missingProgram } from "../../../tools/faults/servers/programs.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const SCRIPT = new URL("keeping_process.ts", import.meta.url).pathname;
const ROOT = new URL("../../../", import.meta.url).pathname;

const reason = missingPermission({ name: "read" }, { name: "write" }, { name: "run" }) ??
  await missingProgram([]);

/** Whether a process runs. One that ended, and that was not asked for its end, does not. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

async function isThere(folder: string): Promise<boolean> {
  try {
    await Deno.stat(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

testUnless(reason, "Keeper ends its server, stopped or not, and removes its folder", async () => {
  for (const signal of ["SIGSTOP", "SIGCONT"] as const) {
    let pid, folder;
    {
      await using keeper = await Keeper.open(() => ["sleep", "1000"]);
      await keeper.start();
      ({ pid, folder } = keeper);
      keeper.signal(signal);
      assertEquals([await runs(pid), await isThere(folder)], [true, true]);
    }
    assertEquals([await runs(pid), await isThere(folder)], [false, false]);
  }
});

testUnless(reason, "Keeper starts its server again once the one before has ended", async () => {
  await using keeper = await Keeper.open(() => ["sleep", "1000"]);
  await keeper.start();
  const { pid } = keeper;
  keeper.signal("SIGKILL");
  await keeper.start();
  assertEquals([await runs(pid), await runs(keeper.pid)], [false, true]);
});

testUnless(
  reason,
  "Keeper leaves no folder where the server's arguments cannot be made",
  async () => {
    let made = "";
    const failing = (folder: string) => {
      made = folder;
      return Promise.reject(new Error("no arguments"));
    };
    await assertRejects(() => Keeper.open(failing), Error, "no arguments");
    assertEquals(await isThere(made), false);
  },
);

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  testUnless(
    reason,
    `servers, apps and folders end with a harness that got ${signal}`,
    async () => {
      const harness = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--frozen", SCRIPT],
        cwd: ROOT,
        stdout: "piped",
      }).spawn();
      const reader = harness.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value = "" } = await reader.read();
      await reader.cancel();
      const said: { folder: string; pids: number[] } = JSON.parse(value);
      for (const pid of said.pids) assertEquals(await runs(pid), true);
      harness.kill(signal);
      await harness.status;
      for (const pid of said.pids) await until("the end", async () => !await runs(pid));
      await until("the end", async () => !await isThere(said.folder));
    },
  );
}

testUnless(
  reason,
  "AppProcess.start() says so if the app cannot start, and leaves no process",
  async () => {
    const place = { kind: "sqlite", file: "/nowhere/sessions.db" } as const;
    await assertRejects(
      () => AppProcess.start({ place }),
      Error,
      "The app ended before it listened",
    );
  },
);
