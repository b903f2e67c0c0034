/**
 * A proxy between an app and its store, which can cut replies and lead elsewhere.
 *
 * @module
 */

/** Carries bytes to a port of this machine, and back. It ends when it is disposed of. */
export class TcpProxy implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** How many replies were cut. */
  cuts = 0;
  #target: number;
  #cutAt: string | null = null;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #pairs = new Set<readonly [Deno.Conn, Deno.Conn]>();
  readonly #work: Promise<void>;

  /** Takes the port to which it leads. */
  constructor(target: number) {
    this.#target = target;
    this.port = this.#listener.addr.port;
    this.#work = this.#accept();
  }

  /**
   * Cuts the next reply to a command with a text in it. The command arrives. The proxy waits for the
   * reply, so that the command was carried out, and ends the connection instead of handing it on.
   */
  cutNextReplyTo(text: string): void {
    this.#cutAt = text;
  }

  /** Leads elsewhere, and ends all connections. */
  turnTo(target: number): void {
    this.#target = target;
    for (const pair of this.#pairs) this.#end(pair);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) void this.#connect(client);
  }

  async #connect(client: Deno.Conn): Promise<void> {
    let server: Deno.Conn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    } catch {
      client.close();
      return;
    }
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    let isCut = false;
    const decoder = new TextDecoder();
    const toServer = carry(client, server, (bytes) => {
      if (this.#cutAt === null || !decoder.decode(bytes).includes(this.#cutAt)) return true;
      this.#cutAt = null;
      return isCut = true;
    });
    const toClient = carry(server, client, () => {
      if (isCut) this.cuts++;
      return !isCut;
    });
    await Promise.race([toServer, toClient]);
    this.#end(pair);
  }

  #end(pair: readonly [Deno.Conn, Deno.Conn]): void {
    if (!this.#pairs.delete(pair)) return;
    for (const one of pair) one.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const pair of this.#pairs) this.#end(pair);
    await this.#work;
  }
}

/** Carries bytes until one side ends, or until they may not pass. */
async function carry(
  from: Deno.Conn,
  to: Deno.Conn,
  mayPass: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const length = await from.read(buffer);
      if (length === null) return;
      const bytes = buffer.subarray(0, length);
      if (!mayPass(bytes)) return;
      for (let written = 0; written < length;) written += await to.write(bytes.subarray(written));
    }
  } catch {
    // The other direction has closed it.
  }
}
