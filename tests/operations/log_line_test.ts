/**
 * The lines of an access log: their parts, and what a visitor cannot do to them.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { lineOf } from "../../lib/operations/log_line.ts";
import { type SentOptions, sentResponse } from "./sent_response.ts";

const TEXT = { isJson: false, hasPath: true, query: "none" } as const;
const JSON_LINE = { ...TEXT, isJson: true };
const NOW = Date.UTC(2026, 4, 1, 12, 30, 5, 7);

Deno.test("lineOf writes a line of text", async (t) => {
  const start = "2026-05-01T12:30:05.007Z GET";
  const rows: Record<string, [options: SentOptions, contents: typeof TEXT | object, line: string]> =
    {
      "a page": [
        {},
        {},
        '/users/:id 200 1.3ms 512B path=/users/7 view="view user" session=loaded id=f3a1 client=192.0.2.7',
      ],
      "no route, no view, no address": [
        {
          status: 404,
          facts: { route: null, view: null, session: "none", clientAddress: undefined },
        },
        {},
        "- 404 1.3ms 512B path=/users/7 session=none id=f3a1",
      ],
      "a visitor who went away": [
        { delivery: { end: "aborted", bytes: null } },
        {},
        '/users/:id 200 1.3ms - path=/users/7 view="view user" session=loaded end=aborted id=f3a1 client=192.0.2.7',
      ],
      "a rejected session, without the path": [
        { facts: { session: "rejected", rejected: "bad-mac" } },
        { hasPath: false },
        '/users/:id 200 1.3ms 512B view="view user" session=rejected rejected=bad-mac id=f3a1 client=192.0.2.7',
      ],
      "the names of a query": [
        { facts: { search: "?token=a&b" } },
        { query: "names" },
        '/users/:id 200 1.3ms 512B path=/users/7 query="token=*&*" view="view user" session=loaded id=f3a1 client=192.0.2.7',
      ],
      "a whole query": [
        { facts: { search: "?token=a" } },
        { query: "all" },
        '/users/:id 200 1.3ms 512B path=/users/7 query="token=a" view="view user" session=loaded id=f3a1 client=192.0.2.7',
      ],
    };
  for (const [name, [options, contents, line]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        lineOf(sentResponse(options), { ...TEXT, ...contents }, NOW),
        `${start} ${line}`,
      );
    });
  }
});

Deno.test("lineOf writes a JSON object", () => {
  const options: SentOptions = { facts: { search: "?a=1" } };
  assertEquals(
    JSON.parse(lineOf(sentResponse(options), { ...JSON_LINE, query: "names" }, NOW)),
    {
      time: "2026-05-01T12:30:05.007Z",
      method: "GET",
      route: "/users/:id",
      path: "/users/7",
      query: "a=*",
      status: 200,
      end: "sent",
      milliseconds: 1.3,
      bytes: 512,
      view: "view user",
      session: "loaded",
      id: "f3a1",
      client: "192.0.2.7",
    },
  );
});

Deno.test("lineOf writes the time of each line, also after one of the same second", () => {
  const times = [0, 999, 1000, -1].map((later) => lineOf(sentResponse(), TEXT, NOW - 7 + later))
    .map((line) => line.slice(17, 24));
  assertEquals(times, ["05.000Z", "05.999Z", "06.000Z", "04.999Z"]);
});

Deno.test("lineOf is one printable line, whatever a visitor sends", async (t) => {
  const rows: Record<string, SentOptions["facts"]> = {
    "line breaks in the path": { path: "/a\r\n2026-05-01T12:30:05.007Z GET / 200" },
    "an escape of a terminal": { path: "/\x1b[31m\x07" },
    "a reversed order of writing": { path: "/\u202e\u2066" },
    "separators of lines": { path: "/\u2028\u2029" },
    "lone surrogates": { path: "/\ud800" },
    "a path of 1 MB": { path: `/${"a".repeat(1_000_000)}` },
    "a query of 1 MB": { search: `?${"a=b&".repeat(250_000)}` },
    "quotes and spaces": { path: '/a" status=200 "' },
    "a method of another kind": { method: "BREW\n" },
    "bytes that are no UTF-8, as a URL has them": { path: "/%FF%C0%80" },
  };
  for (const [name, facts = {}] of Object.entries(rows)) {
    await t.step(name, () => {
      const sent = sentResponse({ facts });
      for (const contents of [TEXT, JSON_LINE]) {
        const line = lineOf(sent, { ...contents, query: "all" }, NOW);
        assertEquals(/[^\x20-\x7e…]/.exec(line), null);
        assert(line.length < 7000, `${line.length}`);
      }
      const read = JSON.parse(lineOf(sent, JSON_LINE, NOW));
      assertEquals(read.path.slice(0, 2048), sent.facts.path.slice(0, 2048));
      assertEquals([read.status, read.session], [200, "loaded"]);
    });
  }
});
