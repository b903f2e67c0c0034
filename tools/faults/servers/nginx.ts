/**
 * nginx as a real process, in front of apps.
 *
 * @module
 */

import { freePort, Keeper, until } from "../keeper.ts";

/** A proxy for several apps. It ends with its folder when it is disposed of. */
export class Nginx implements AsyncDisposable {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly #keeper: Keeper;
  readonly #port: number;

  private constructor(keeper: Keeper, port: number) {
    this.#keeper = keeper;
    this.#port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** Starts it in front of apps, by turns, and waits until it listens. */
  static async start(...ports: number[]): Promise<Nginx> {
    const port = freePort();
    const keeper = await Keeper.open(async (folder) => {
      await Deno.writeTextFile(`${folder}/nginx.conf`, configuration(port, ports));
      return ["nginx", "-p", folder, "-c", "nginx.conf", "-e", "error.log"];
    });
    const nginx = new Nginx(keeper, port);
    try {
      await keeper.start();
      await until("nginx", async () => {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return true;
      });
      return nginx;
    } catch (error) {
      await keeper[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Puts it in front of other apps. What is under way is answered by those before. */
  async turnTo(...ports: number[]): Promise<void> {
    const { folder } = this.#keeper;
    await Deno.writeTextFile(`${folder}/nginx.conf`, configuration(this.#port, ports));
    this.#keeper.signal("SIGHUP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeper[Symbol.asyncDispose]();
  }
}

function configuration(port: number, ports: readonly number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${kind};`);
  return `
    daemon off; pid nginx.pid; error_log error.log; worker_processes 1;
    events {}
    http {
      access_log off; keepalive_requests 100000; ${temporary.join(" ")}
      upstream apps { ${ports.map((one) => `server 127.0.0.1:${one};`).join(" ")} }
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://apps; proxy_set_header Host $http_host; }
      }
    }`;
}
