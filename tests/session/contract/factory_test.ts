/**
 * What options take that are session factories, stores of revocations and codecs.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { memoryRevocations, memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { signedCodec, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import {
  REVOCATION_STORE,
  SESSION_CODEC,
  SESSION_FACTORY,
} from "../../../lib/session/contract/factory.ts";
import { SECRET } from "../session_app.ts";

Deno.test("SESSION_FACTORY, REVOCATION_STORE and SESSION_CODEC each take what has their functions", () => {
  const given = {
    factory: signedCookieSessionFactory(SECRET),
    revocations: memoryRevocations(),
    codec: signedCodec(SECRET),
    sessions: memoryStore(),
    class: class {
      load() {}
      commit() {}
    },
    text: SECRET,
    nothing: null,
  };
  const taken = (is: (value: unknown) => boolean) =>
    Object.entries(given).filter(([, value]) => is(value)).map(([name]) => name);
  assertEquals(taken(SESSION_FACTORY.is), ["factory"]);
  assertEquals(taken(REVOCATION_STORE.is), ["revocations", "sessions"]);
  assertEquals(taken(SESSION_CODEC.is), ["codec"]);
  assertEquals(SESSION_FACTORY.is(new given.class()), true);
});

Deno.test("SESSION_FACTORY names the function that is missing, and shows no text, which may be a secret", () => {
  assertEquals(SESSION_FACTORY.found?.({ load() {} }), "one without commit()");
  assertEquals(SESSION_FACTORY.found?.(SECRET), "a string");
});
