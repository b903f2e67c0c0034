/**
 * Who may see the pages of development mode.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "jsr:@std/assert@^1.0.0";
import { Configurator } from "@pyramidion/pyramidion";

interface Visit {
  readonly peer?: Deno.Addr | null | "untold";
  readonly url?: string;
  readonly publicOrigin?: string;
  readonly headers?: Record<string, string>;
}

const tcp = (hostname: string): Deno.Addr => ({ transport: "tcp", hostname, port: 50_000 });

async function visit(
  { peer = tcp("127.0.0.1"), url = "http://localhost:8000/", publicOrigin, headers = {} }: Visit,
): Promise<{ shown: boolean; warnings: string[] }> {
  const warnings: string[] = [];
  const app = new Configurator({
    development: true,
    logger: { warn: (message) => void warnings.push(message), error: () => {} },
    ...publicOrigin === undefined ? {} : { publicOrigin },
  }).addRoute("home", "/", {
    view: () => {
      throw new RangeError("the inside");
    },
  }).makeApp();
  warnings.length = 0;
  const info = peer === null ? undefined : {
    remoteAddr: peer === "untold" ? undefined : peer,
    completed: Promise.resolve(),
  } as Deno.ServeHandlerInfo;
  const { host } = new URL(url);
  let page = "";
  for (let i = 0; i < 2; i++) {
    const request = new Request(url, { headers: { host, ...headers } });
    page = await (await app.fetch(request, info)).text();
  }
  return {
    shown: page.includes("the inside"),
    warnings: warnings.filter((warning) => warning.startsWith("The development page")),
  };
}

Deno.test("a development page is shown at this machine only", async (t) => {
  const from = (value: string) => ({ headers: { "x-forwarded-for": value } });
  const rows: Record<string, [visit: Visit, stranger: string | null]> = {
    "this machine": [{}, null],
    "this machine, another of its addresses": [{ peer: tcp("127.8.8.8") }, null],
    "this machine by IPv6": [{ peer: tcp("::1"), url: "http://[::1]:8000/" }, null],
    "this machine, of both versions": [{ peer: tcp("::ffff:127.0.0.1") }, null],
    "a Unix socket": [{ peer: { transport: "unix", path: "/run/app.sock" } }, null],
    "no server": [{ peer: null, url: "http://app.test/" }, null],
    "a proxy that names nobody, by Via": [
      { headers: { via: "1.1 proxy" } },
      "a visitor whom the proxy hides",
    ],
    "a proxy that names nobody, by X-Forwarded-Proto": [
      { headers: { "x-forwarded-proto": "https" } },
      "a visitor whom the proxy hides",
    ],
    "a proxy that names this machine": [
      { headers: { via: "1.1 proxy", "x-forwarded-for": "127.0.0.1" } },
      null,
    ],
    "a server that tells no address": [
      { peer: "untold" },
      "an address that the server does not tell",
    ],
    "a neighbour": [{ peer: tcp("192.168.1.7") }, "192.168.1.7"],
    "a stranger": [{ peer: tcp("2001:db8::7") }, "2001:db8::7"],
    "a stranger who claims to be here": [
      { peer: tcp("192.0.2.7"), ...from("127.0.0.1") },
      "192.0.2.7",
    ],
    "through a proxy of this machine, from here": [from("127.0.0.1"), null],
    "through a proxy of this machine, by IPv6": [from("::1"), null],
    "through a proxy of this machine, from elsewhere": [from("192.0.2.7"), "192.0.2.7"],
    "an entry in front that claims to be here": [from("127.0.0.1, 192.0.2.7"), "192.0.2.7"],
    "an entry behind, of a proxy here": [from("192.0.2.7, 127.0.0.1"), "192.0.2.7"],
    "an entry that is no address": [from("unknown"), "unknown"],
    "Forwarded from here": [{ headers: { forwarded: 'for="[::1]";proto=http' } }, null],
    "Forwarded from elsewhere": [{ headers: { forwarded: "for=192.0.2.7" } }, "192.0.2.7"],
    "Forwarded from elsewhere first": [
      { headers: { forwarded: "for=192.0.2.7, for=127.0.0.1" } },
      "192.0.2.7",
    ],
    "Forwarded that cannot be read": [
      { headers: { forwarded: 'for="127' } },
      "an address that cannot be read",
    ],
    "X-Real-IP": [{ headers: { "x-real-ip": "192.0.2.7" } }, "192.0.2.7"],
    "a CDN": [{ headers: { "cf-connecting-ip": "192.0.2.7" } }, "192.0.2.7"],
    "another Host, as of a proxy here or a rebound name": [
      { url: "http://evil.test/" },
      "a visitor of evil.test",
    ],
    "a host that a tunnel of this machine forwards": [
      { headers: { "x-forwarded-host": "app.test" } },
      "a visitor of app.test",
    ],
    "a host of this machine that a proxy forwards": [
      { headers: { "x-forwarded-host": "localhost:5173" } },
      null,
    ],
    "a name of this machine": [{ url: "http://app.localhost:8000/" }, null],
    "a name that publicOrigin has": [
      { url: "http://app.test:8000/", publicOrigin: "http://app.test:8000" },
      null,
    ],
    "a name by https of our own": [{ url: "https://app.test/" }, null],
    "control characters": [from("\x1b[31m1"), "\\x1b[31m1"],
  };
  for (const [name, [visited, stranger]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { shown, warnings } = await visit(visited);
      assertEquals([shown, warnings.length], [stranger === null, stranger === null ? 0 : 1]);
      if (stranger !== null) {
        assertStringIncludes(
          warnings[0] ?? "",
          `The development page was not shown to ${stranger}: it is shown at this machine only`,
        );
      }
    });
  }
});
