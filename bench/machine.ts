/**
 * What the bench runs on, and how it shares the cores out.
 *
 * @module
 */

/** What the figures were measured on. */
export interface Machine {
  /** The processor's name. */
  readonly processor: string;
  /** How many cores the bench may use. */
  readonly cores: number;
  /** Deno's version. */
  readonly deno: string;
  /** V8's version. */
  readonly v8: string;
  /** What makes the load over HTTP. */
  readonly load: "wrk" | "own";
  /** Whether server and load are pinned to a core each. */
  readonly pinned: boolean;
}

/** A command and what it takes. */
export interface PinnedCommand {
  /** The command. */
  readonly command: string;
  /** Its arguments. */
  readonly args: string[];
}

const SERVER_CORE = "0";
const LOAD_CORE = "1";

const installed = new Map<string, boolean>();

/** Whether a command is on the path. */
export function isInstalled(command: string): boolean {
  let found = installed.get(command);
  if (found === undefined) {
    try {
      new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" })
        .outputSync();
      found = true;
    } catch {
      found = false;
    }
    installed.set(command, found);
  }
  return found;
}

const canPin = navigator.hardwareConcurrency > 1 && isInstalled("taskset");

/** A command for the server's core. */
export function onServerCore(command: string, args: readonly string[]): PinnedCommand {
  return pinned(SERVER_CORE, command, args);
}

/** A command for the load's core. */
export function onLoadCore(command: string, args: readonly string[]): PinnedCommand {
  return pinned(LOAD_CORE, command, args);
}

function pinned(core: string, command: string, args: readonly string[]): PinnedCommand {
  return canPin
    ? { command: "taskset", args: ["-c", core, command, ...args] }
    : { command, args: [...args] };
}

/** Says what the bench runs on. */
export function describeMachine(ownLoad: boolean): Machine {
  return {
    processor: processorName(),
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load: !ownLoad && isInstalled("wrk") ? "wrk" : "own",
    pinned: canPin,
  };
}

function processorName(): string {
  try {
    const line = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"));
    return line?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}
