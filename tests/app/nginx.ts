/**
 * A real nginx in front of apps of ours, which terminates TLS.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";
import { parse, receive, send } from "./raw_socket.ts";

/** What nginx says of the visitor to what stands behind it. */
export interface Forwarding {
  /** Where it passes requests on to: a port of this machine, or the name of another of its servers. */
  readonly to: number | string;
  /** Whether visitors speak TLS with it. @default {true} */
  readonly tls?: boolean;
  /** Headers for what stands behind it, in nginx's own variables. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The path that it answers. @default {"/"} */
  readonly location?: string;
  /** What it puts in the place of that path. Default: the path stays. */
  readonly path?: string;
  /** The address from which it asks what stands behind it. */
  readonly from?: string;
  /** What else its server says, in nginx's own words. */
  readonly more?: string;
}

/** What a proxy says that believes nobody: its own word alone. */
export const REPLACING: Readonly<Record<string, string>> = {
  "X-Forwarded-Proto": "$scheme",
  "X-Forwarded-Host": "$http_host",
  "X-Forwarded-For": "$remote_addr",
};

/** What a proxy says that hands on what it was told, and appends its own word. */
export const APPENDING: Readonly<Record<string, string>> = {
  "X-Forwarded-Proto": "$forwarded_proto",
  "X-Forwarded-Host": "$forwarded_host",
  "X-Forwarded-For": "$proxy_add_x_forwarded_for",
};

/** What the tests behind nginx need; `null` where it is there. */
export const missingNginx: string | null = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "run", command: "nginx" },
  { name: "run", command: "openssl" },
  { name: "net", host: "127.0.0.1" },
) ?? missingProgram("nginx", "-v") ?? missingProgram("openssl", "version");

function missingProgram(name: string, flag: string): string | null {
  try {
    const { success } = new Deno.Command(name, { args: [flag], stdout: "null", stderr: "null" })
      .outputSync();
    return success ? null : `${name} does not run`;
  } catch {
    return `${name} is not there`;
  }
}

const OPENSSL_CONFIG = `
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = 127.0.0.1
[extensions]
subjectAltName = IP:127.0.0.1
basicConstraints = critical, CA:FALSE
`;

/** The process; disposing of it ends it and removes its folder. */
export class Nginx implements AsyncDisposable {
  /** Scheme, host and port of each server, by its name. */
  readonly origins: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #client: Deno.HttpClient;
  readonly #certificate: string;

  private constructor(
    folder: string,
    process: Deno.ChildProcess,
    certificate: string,
    origins: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#process = process;
    this.#certificate = certificate;
    this.#client = Deno.createHttpClient({ caCerts: [certificate] });
    this.origins = origins;
  }

  /**
   * Starts servers, and waits until they answer.
   *
   * @param servers What each of them does, by its name.
   * @throws {Error} With what nginx wrote, if it ends before.
   */
  static async start(servers: Readonly<Record<string, Forwarding>>): Promise<Nginx> {
    const folder = await Deno.makeTempDir();
    const certificate = await makeCertificate(folder);
    const ports = new Map(Object.keys(servers).map((name) => [name, freePort()]));
    await Deno.writeTextFile(`${folder}/nginx.conf`, configuration(servers, ports));
    const process = new Deno.Command("nginx", {
      args: ["-p", folder, "-c", "nginx.conf", "-e", "error.log"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const origins = Object.fromEntries(
      Object.entries(servers).map(([name, { tls = true }]) => [
        name,
        `${tls ? "https" : "http"}://127.0.0.1:${ports.get(name)}`,
      ]),
    );
    const nginx = new Nginx(folder, process, certificate, origins);
    for (const port of ports.values()) await nginx.#listening(port);
    return nginx;
  }

  /** Sends a request, and follows nothing. */
  async fetch(request: Request): Promise<Response> {
    return await fetch(request, { client: this.#client, redirect: "manual" });
  }

  /**
   * Sends a request to one of the servers under a name that leads nowhere, as a visitor of a real site
   * would, and follows nothing.
   *
   * @param server The server's name.
   * @param request The request, whose host stands in `Host` alone.
   */
  async ask(server: string, request: Request): Promise<Response> {
    const { protocol, port } = new URL(this.origins[server] ?? "");
    const { host, pathname, search } = new URL(request.url);
    const body = await request.text();
    const headers = [...request.headers].filter(([name]) => name !== "host");
    const lines = [
      `${request.method} ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      "Connection: close",
      `Content-Length: ${body.length}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ];
    const address = { hostname: "127.0.0.1", port: Number(port) };
    using connection = protocol === "https:"
      ? await Deno.connectTls({ ...address, caCerts: [this.#certificate] })
      : await Deno.connect(address);
    await send(connection, `${lines.join("\r\n")}\r\n\r\n${body}`);
    const response = parse(await receive(connection));
    return new Response(response.body || null, {
      status: response.status,
      headers: response.headers.map(([name, value]): [string, string] => [name, value]),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    try {
      this.#process.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #listening(port: number): Promise<void> {
    const ended = this.#process.status.then(() => true);
    for (;;) {
      const connected = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      connected?.close();
      if (connected !== null) return;
      if (!await Promise.race([ended, soon()])) continue;
      const log = await Deno.readTextFile(`${this.#folder}/error.log`);
      await this[Symbol.asyncDispose]();
      throw new Error(`nginx ended before it listened: ${log}`);
    }
  }
}

async function makeCertificate(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/openssl.conf`, OPENSSL_CONFIG);
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
      ..."-config openssl.conf -keyout key.pem -out certificate.pem".split(" "),
    ],
    cwd: folder,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot make a certificate: ${new TextDecoder().decode(stderr)}`);
  return await Deno.readTextFile(`${folder}/certificate.pem`);
}

/** A port that was free a moment ago: nginx cannot choose one. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function soon(): Promise<false> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return false;
}

function configuration(
  servers: Readonly<Record<string, Forwarding>>,
  ports: ReadonlyMap<string, number>,
): string {
  const blocks = Object.entries(servers).map(([name, forwarding]) => {
    const { to, tls = true, headers = {}, location = "/", path = "", from, more = "" } = forwarding;
    const behind = typeof to === "number" ? to : ports.get(to);
    const set = Object.entries(headers).map(([name, value]) =>
      `proxy_set_header ${name} "${value}";`
    );
    return `server {
      listen 127.0.0.1:${ports.get(name)}${tls ? " ssl" : ""};
      ${tls ? "ssl_certificate certificate.pem; ssl_certificate_key key.pem;" : ""}
      ${more}
      location ${location} {
        proxy_pass http://127.0.0.1:${behind}${path}; ${set.join(" ")}
        ${from === undefined ? "" : `proxy_bind ${from};`}
      }
    }`;
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${kind};`);
  return `
    daemon off; master_process off; pid nginx.pid; error_log error.log;
    events {}
    http {
      access_log off; ${temporary.join(" ")}
      map $http_x_forwarded_proto $forwarded_proto {
        "" $scheme; default "$http_x_forwarded_proto, $scheme";
      }
      map $http_x_forwarded_host $forwarded_host {
        "" $http_host; default "$http_x_forwarded_host, $http_host";
      }
      ${blocks.join("\n")}
    }`;
}
