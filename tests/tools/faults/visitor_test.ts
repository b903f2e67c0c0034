/**
 * What a visitor makes of what he was told, and of what is there.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Ledger } from "../../../tools/faults/ledger.ts";
import { Visitor } from "../../../tools/faults/visitor.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

/** What an app says, request by request: a count or a refusal, and what is there in the end. */
interface Story {
  readonly counts?: readonly (number | null)[];
  readonly writes?: readonly (true | null)[];
  readonly user?: string | null;
  readonly values: Readonly<Record<string, number>>;
}

const NOTHING = { lost: 0, repeated: 0, isSignedOut: false };
const STORIES: Record<string, [story: Story, seen: Partial<typeof NOTHING>]> = {
  "all is there": [{ counts: [1, 2], writes: [true], values: { counted: 2, key1: 1 } }, {}],
  "the last count is not there": [{ counts: [1, 2], values: { counted: 1 } }, { lost: 1 }],
  "a count was told twice": [{ counts: [1, 2, 2], values: { counted: 3 } }, { lost: 1 }],
  "a count is missing behind a refusal": [
    { counts: [1, 2, null, 2], values: { counted: 3 } },
    { lost: 1 },
  ],
  "a refused count was made": [{ counts: [1, null], values: { counted: 2 } }, {}],
  "a refused count was not made": [{ counts: [1, null], values: { counted: 1 } }, {}],
  "a count was made twice": [{ counts: [1, 2], values: { counted: 3 } }, { repeated: 1 }],
  "a key is not there": [{ writes: [true, true], values: { key1: 1 } }, { lost: 1 }],
  "a key has an older value": [{ writes: [true, true], values: { key1: 1, key2: 0 } }, { lost: 1 }],
  "a refused key is not there": [{ writes: [true, null], values: { key1: 1 } }, {}],
  "another user is signed in": [{ user: "bob", values: {} }, { isSignedOut: true }],
  "no user is signed in": [{ user: null, values: {} }, { isSignedOut: true }],
};

const reason = missingPermission({ name: "net", host: "127.0.0.1" });

for (const [name, [story, seen]] of Object.entries(STORIES)) {
  testUnless(reason, `Visitor.reckon() where ${name}`, async () => {
    const { counts = [], writes = [], user = "ada", values } = story;
    const said = { counts: counts.values(), writes: writes.values() };
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/read") return Response.json({ user, values });
        const answer = (pathname === "/count" ? said.counts : said.writes).next().value;
        if (answer !== null && answer !== undefined) return Response.json(answer);
        return new Response(null, { status: 503, headers: { "retry-after": "1" } });
      },
    );
    using visitor = new Visitor("ada", new Ledger(), [`http://127.0.0.1:${server.addr.port}`]);
    for (const _ of counts) await visitor.count();
    for (const _ of writes) await visitor.write();
    const acknowledged = [...counts, ...writes].filter((one) => one !== null).length;
    const sent = counts.length + writes.length;
    assertEquals(await visitor.reckon(), { sent, acknowledged, ...NOTHING, ...seen });
  });
}
