/**
 * Server processes and their folder, which end with this process however it ends.
 *
 * @module
 */

/*
 * A shell keeps the server. Its input is a pipe from this process. When the pipe closes, even because
 * this process was killed, the shell kills the server and what the server has started, and removes the
 * folder. A process that is stopped is killed as well.
 */
const SCRIPT = `
trap '' INT TERM HUP
folder=$1
shift
pid=
while read -r word; do
  [ -z "$pid" ] || wait "$pid"
  "$@" </dev/null >>"$folder/log" 2>&1 &
  pid=$!
  echo "$pid"
done
if [ -n "$pid" ]; then
  kill -STOP "$pid"
  pkill -KILL -P "$pid"
  kill -KILL "$pid"
  wait "$pid"
fi
rm -rf "$folder"
exit 0
`;

/** A folder of its own, and a server in it that can be killed, stopped and started again. */
export class Keeper implements AsyncDisposable {
  /** The absolute path of the folder. */
  readonly folder: string;
  readonly #shell: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #pid: number | undefined;

  private constructor(folder: string, command: readonly string[]) {
    this.folder = folder;
    this.#shell = new Deno.Command("sh", {
      args: ["-c", SCRIPT, "sh", folder, ...command],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#shell.stdin.getWriter();
    this.#output = this.#shell.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Makes the folder. It does not start the server.
   *
   * @param commandFor Gives the server's program and arguments, by the folder.
   */
  static async open(
    commandFor: (folder: string) => readonly string[] | Promise<readonly string[]> = () => [],
  ): Promise<Keeper> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "faults-" }));
    try {
      return new Keeper(folder, await commandFor(folder));
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** The number of the server's process. */
  get pid(): number {
    if (this.#pid === undefined) throw new Error("The server was not started");
    return this.#pid;
  }

  /** Starts the server, once the one before has ended. */
  async start(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("start\n"));
    const { value } = await this.#output.read();
    this.#pid = Number(value);
    if (!Number.isSafeInteger(this.#pid)) throw new Error(`The shell answered ${value}`);
  }

  /** Sends a signal to the server. */
  signal(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** The last lines that the server wrote. */
  async log(): Promise<string> {
    return (await Deno.readTextFile(`${this.folder}/log`)).slice(-2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#shell.status;
  }
}

/** A port at which no process listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Waits until something holds.
 *
 * @param what What is waited for, as the words after "Waited in vain for".
 * @param holds Asks. An error means that it does not hold yet.
 * @param limit Milliseconds.
 */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  limit = 20_000,
): Promise<void> {
  const end = performance.now() + limit;
  let last: unknown;
  while (performance.now() < end) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await pause(20);
  }
  throw new Error(`Waited in vain for ${what}`, { cause: last });
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
