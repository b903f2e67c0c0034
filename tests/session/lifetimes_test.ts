/**
 * How long sessions live, to the millisecond, on a clock that is set.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import type {
  LifetimeOptions,
  RefusalReason,
  SecretCookieSessionOptions,
} from "@pyramidion/pyramidion/types";
import { Lifetimes } from "../../lib/session/lifetimes.ts";
import { Random } from "../random.ts";
import { isStored } from "./session_kinds.ts";
import {
  everyKind,
  mint,
  NAME,
  payloadOf,
  SECRET,
  SessionApp,
  START,
  textOf,
} from "./session_app.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

everyKind("Lifetimes let a session live to the very millisecond of its limits", async (t) => {
  type Row = [
    options: LifetimeOptions,
    renewedAgo: number,
    createdAgo: number,
    reason: RefusalReason | null,
  ];
  const rows: Record<string, Row> = {
    "idle for the default timeout": [{}, 1_200_000, 1_200_000, null],
    "idle for 1 ms more": [{}, 1_200_001, 1_200_001, "expired-idle"],
    "idle for a timeout of its own": [{ timeout: 60 }, MINUTE, MINUTE, null],
    "idle for a timeout of its own and 1 ms": [
      { timeout: 60 },
      MINUTE + 1,
      MINUTE + 1,
      "expired-idle",
    ],
    "idle for a year without timeout": [
      { timeout: null, lifetime: null },
      365 * DAY,
      365 * DAY,
      null,
    ],
    "as old as the default lifetime": [{}, 0, 30 * DAY, null],
    "1 ms older": [{}, 0, 30 * DAY + 1, "expired-absolute"],
    "as old as a lifetime of its own": [{ timeout: 60, lifetime: 3600 }, 0, 60 * MINUTE, null],
    "1 ms older than a lifetime of its own": [
      { timeout: 60, lifetime: 3600 },
      0,
      60 * MINUTE + 1,
      "expired-absolute",
    ],
    "ten years old without lifetime": [{ lifetime: null }, 0, 3650 * DAY, null],
    "idle without lifetime": [{ lifetime: null }, 1_200_001, 3650 * DAY, "expired-idle"],
    "old without timeout": [{ timeout: null }, 30 * DAY + 1, 30 * DAY + 1, "expired-absolute"],
    "timeout 0, in the same millisecond": [{ timeout: 0 }, 0, 0, null],
    "timeout 0, a millisecond later": [{ timeout: 0 }, 1, 1, "expired-idle"],
    "timeout and lifetime alike": [{ timeout: 60, lifetime: 60 }, MINUTE, MINUTE, null],
    "issued a minute in the future": [{}, -MINUTE, 0, null],
    "issued further in the future": [{}, -MINUTE - 1, 0, "future"],
    "begun a minute in the future": [{}, 0, -MINUTE, null],
    "begun further in the future": [{}, 0, -MINUTE - 1, "future"],
    "a year in the future without limits": [
      { timeout: null, lifetime: null },
      -365 * DAY,
      -365 * DAY,
      "future",
    ],
  };
  for (const [name, [options, renewedAgo, createdAgo, reason]] of Object.entries(rows)) {
    // A store does not keep what never ends.
    const isEndless = options.timeout === null && options.lifetime === null;
    if (isEndless && isStored(SessionApp.kind)) continue;
    await t.step(name, async () => {
      const app = new SessionApp(options);
      const created = START - createdAgo;
      const text = await app.left.leave(`[${START - renewedAgo},${created},{"user":"ada"}]`);
      const { value } = await app.present(
        text,
        (session) => [session.get("user"), session.isNew, session.created],
      );
      assertEquals(value, reason === null ? ["ada", false, created] : [undefined, true, START]);
      assertEquals(app.refusals, reason === null ? [] : [reason]);
    });
  }
});

everyKind(
  "Lifetimes leave the cookie of an expired session alone until something is stored",
  async () => {
    const app = new SessionApp();
    const text = await app.left.leave(`[${START - DAY},${START - DAY},{"user":"ada"}]`);
    assertEquals((await app.present(text, (session) => session.get("user"))).cookies, []);
    const { cookies } = await app.present(text, (session) => session.set("theme", "dark"));
    assertEquals(await app.left.after(text, cookies), `[${START},${START},{"theme":"dark"}]`);
  },
);

everyKind("Lifetimes renew an unchanged session when its reissueTime has passed", async (t) => {
  type Row = [options: LifetimeOptions, age: number, renewed: boolean];
  const rows: Record<string, Row> = {
    "a tenth of the timeout": [{}, 120_000, true],
    "1 ms before a tenth of the timeout": [{}, 119_999, false],
    "a tenth of a timeout of its own": [{ timeout: 600 }, MINUTE, true],
    "1 ms before a tenth of a timeout of its own": [{ timeout: 600 }, MINUTE - 1, false],
    "its own": [{ reissueTime: 300 }, 300_000, true],
    "1 ms before its own": [{ reissueTime: 300 }, 299_999, false],
    "the whole timeout": [{ timeout: 60, reissueTime: 60 }, MINUTE, true],
    "0": [{ reissueTime: 0 }, 0, true],
    "null, at the end of the timeout": [{ reissueTime: null }, 1_200_000, false],
    "no timeout": [{ timeout: null }, 20 * DAY, false],
    "its own without a timeout": [{ timeout: null, reissueTime: 60 }, MINUTE, true],
    "30 s in the future": [{ reissueTime: 10 }, -30_000, false],
  };
  for (const [name, [options, age, renewed]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp(options);
      const created = START - Math.max(age, DAY);
      const left = `[${START - age},${created},{"user":"ada"}]`;
      const text = await app.left.leave(left);
      const { cookies } = await app.present(text, (session) => session.get("user"));
      const payload = `[${START},${created},{"user":"ada"}]`;
      assertEquals(
        await app.left.after(text, cookies),
        renewed && payload !== left || cookies.length > 0 ? payload : null,
      );
      assertEquals(app.refusals, []);
    });
  }
});

everyKind(
  "Lifetimes renew at the latest at a tenth of maxAge, so that the browser does not forget who is active",
  async (t) => {
    type Row = [options: SecretCookieSessionOptions, seconds: number | null];
    const rows: Record<string, Row> = {
      "half an hour, a timeout of a day": [{ maxAge: 1800, timeout: 86_400 }, 180],
      "half an hour, no timeout": [{ maxAge: 1800, timeout: null }, 180],
      "shorter than a reissueTime of its own": [
        { maxAge: 1800, timeout: 86_400, reissueTime: 7200 },
        180,
      ],
      "a shorter reissueTime": [{ maxAge: 1800, timeout: 86_400, reissueTime: 60 }, 60],
      "longer than the timeout": [{ maxAge: 86_400 }, 120],
      "10 seconds": [{ maxAge: 10 }, 1],
      "0": [{ maxAge: 0 }, 0],
      "reissueTime null: never": [{ maxAge: 1800, timeout: 86_400, reissueTime: null }, null],
      "none": [{ timeout: 86_400 }, 8640],
    };
    for (const [name, [options, seconds]] of Object.entries(rows)) {
      // In the same millisecond a store has nothing to note.
      if (seconds === 0 && isStored(SessionApp.kind)) continue;
      await t.step(name, async () => {
        const app = new SessionApp(options);
        const text = await app.left.leave(`[${START},${START},{"user":"ada"}]`);
        const read = async (after: number) => {
          app.clock.travelTo(START + after);
          const { cookies } = await app.present(text, (session) => session.size);
          // A store needs no cookie for a renewal that the browser need not know of.
          return options.maxAge === undefined && isStored(SessionApp.kind)
            ? Number(await app.left.after(text, cookies) !== null)
            : cookies.length;
        };
        if (seconds === null) return assertEquals(await read(86_400_000), 0);
        if (seconds > 0) assertEquals(await read(1000 * seconds - 1), 0);
        assertEquals(await read(1000 * seconds), 1);
      });
    }
    await t.step("who comes every minute for a day is never forgotten", async () => {
      const app = new SessionApp({ maxAge: 600, timeout: 86_400 });
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("user", "ada"));
      for (let minute = 0; minute < 24 * 60; minute++) {
        app.clock.travel(60);
        await app.visit(ada, (session) => session.size);
      }
      assertEquals((await app.visit(ada, (session) => session.get("user"))).value, "ada");
    });
  },
);

Deno.test("Lifetimes take no native cookie that was renewed long before it began", async (t) => {
  const rows: Record<string, [renewedBefore: number, reason: RefusalReason | null]> = {
    "at once": [0, null],
    "1 ms before": [1, null],
    "a minute before": [MINUTE, null],
    "1 ms more than a minute before": [MINUTE + 1, "malformed"],
    "a day before": [DAY, "malformed"],
  };
  for (const [name, [before, reason]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp({ timeout: 10 * 86_400 });
      const text = await mint(`[${START - before},${START},{"user":"ada"}]`);
      const { value } = await app.present(text, (session) => session.isNew);
      assertEquals([value, app.refusals], [reason !== null, reason === null ? [] : [reason]]);
    });
  }
  await t.step(
    "nor do they write one: a clock that goes back stamps when the session began",
    async () => {
      for (const back of [1, 30, 59]) {
        const app = new SessionApp();
        const ada = app.visitor();
        await app.visit(ada, (session) => session.set("user", "ada"));
        app.clock.travel(-back);
        const { cookies } = await app.visit(ada, (session) => session.set("n", back));
        const payload = `[${START},${START},{"n":${back},"user":"ada"}]`;
        assertEquals(cookies.map(textOf).map(payloadOf), [payload]);
      }
    },
  );
});

everyKind(
  "Lifetimes renew nothing for requests that nobody looks at, nor for shared caches",
  async (t) => {
    const rows: Record<string, [init: RequestInit, cacheControl: string | null, count: number]> = {
      "GET": [{}, null, 1],
      "POST": [{ method: "POST" }, null, 1],
      "HEAD": [{ method: "HEAD" }, null, 0],
      "a prefetch": [{ headers: { "sec-purpose": "prefetch" } }, null, 0],
      "a private answer": [{}, "private, max-age=60", 1],
      "an answer that is not stored": [{}, "no-store", 1],
      "a public answer": [{}, "public, max-age=60", 0],
      "an answer with an age for shared caches": [{}, "s-maxage=60", 0],
      "an answer with an age": [{}, "max-age=60", 0],
    };
    for (const [name, [init, cacheControl, count]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const app = new SessionApp();
        const text = await app.left.leave(
          `[${START - 200_000},${START - DAY},{"cart":[1],"user":"ada"}]`,
        );
        for (const key of ["user", "cart"]) {
          const { cookies } = await app.present(text, (session) => {
            session.get(key);
            return new Response(null, {
              headers: cacheControl === null ? {} : { "cache-control": cacheControl },
            });
          }, init);
          const renewed = await app.left.after(text, cookies) !== null;
          assertEquals([renewed, cookies.length], [
            count === 1,
            isStored(SessionApp.kind) ? 0 : count,
          ]);
        }
      });
    }
  },
);

everyKind(
  "Lifetimes let a clock go back without a negative age and without an eternal session",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const user = () => app.visit(ada, (session) => session.get("user"));
    await app.visit(ada, (session) => session.set("user", "ada"));
    app.clock.travel(-60);
    assertEquals((await user()).value, "ada");
    app.clock.travel(-0.001);
    assertEquals((await user()).value, undefined);
    app.clock.travel(-3600);
    assertEquals((await user()).value, undefined);
    assertEquals(app.refusals, ["future", "future"]);

    app.clock.travelTo(START);
    assertEquals((await user()).value, "ada");
    app.clock.travel(1_200);
    assertEquals((await user()).value, "ada");
    app.clock.travel(30 * 24 * 3600);
    assertEquals((await user()).value, undefined);
  },
);

everyKind(
  "Session.remember() replaces the timeout, raises the lifetime and stays through renewals",
  async (t) => {
    const hour = 60 * MINUTE;
    type Row = [
      options: LifetimeOptions,
      seconds: number,
      renewedAgo: number,
      createdAgo: number,
      reason: RefusalReason | null,
    ];
    const rows: Record<string, Row> = {
      "longer than the timeout": [{}, 3600, hour, hour, null],
      "longer than the timeout, 1 ms over": [{}, 3600, hour + 1, hour + 1, "expired-idle"],
      "shorter than the timeout": [{}, 60, MINUTE, MINUTE, null],
      "shorter than the timeout, 1 ms over": [{}, 60, MINUTE + 1, MINUTE + 1, "expired-idle"],
      "longer than the lifetime": [{ lifetime: 7200 }, 86_400, DAY, DAY, null],
      "longer than the lifetime, 1 ms over": [
        { lifetime: 7200 },
        86_400,
        0,
        DAY + 1,
        "expired-absolute",
      ],
      "shorter than the lifetime, which stays": [{}, 3600, 0, 30 * DAY, null],
      "shorter than the lifetime, 1 ms over": [{}, 3600, 0, 30 * DAY + 1, "expired-absolute"],
      "over no timeout": [{ timeout: null }, 60, MINUTE + 1, MINUTE + 1, "expired-idle"],
      "under no lifetime": [{ lifetime: null }, 3600, hour, 3650 * DAY, null],
    };
    for (const [name, [options, seconds, renewedAgo, createdAgo, reason]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const app = new SessionApp(options);
        const times = `${START - renewedAgo},${START - createdAgo}`;
        const text = await app.left.leave(`[${times},{"user":"ada"},{"life":${seconds}}]`);
        const { value } = await app.present(text, (session) => session.get("user"));
        assertEquals(value, reason === null ? "ada" : undefined);
        assertEquals(app.refusals, reason === null ? [] : [reason]);
      });
    }
    await t.step("is renewed after a tenth of what was asked for", async () => {
      const app = new SessionApp();
      const ada = app.visitor();
      await app.visit(ada, (session) => {
        session.set("user", "ada");
        session.remember(86_400);
      });
      app.clock.travel(8_639.999);
      assertEquals((await app.visit(ada, (session) => session.get("user"))).cookies, []);
      app.clock.travel(0.001);
      const text = ada.cookie(NAME) ?? "";
      const { cookies } = await app.visit(ada, (session) => session.get("user"));
      assertEquals(cookies.length, 1);
      assertEquals(
        await app.left.after(text, cookies),
        `[${START + 8_640_000},${START},{"user":"ada"},{"life":86400}]`,
      );
      assert(cookies[0]?.endsWith("; Max-Age=86400"));
    });
    const shares: Record<string, [options: LifetimeOptions, age: number, renewed: boolean]> = {
      "a tenth, where timeout is null": [{ timeout: null }, 8_640_000, true],
      "1 ms before a tenth, where timeout is null": [{ timeout: null }, 8_639_999, false],
      "a tenth, where timeout is 0": [{ timeout: 0 }, 8_640_000, true],
      "1 ms before a tenth, where timeout is 0": [{ timeout: 0 }, 8_639_999, false],
      "a quarter, where reissueTime is one": [{ reissueTime: 300 }, 21_600_000, true],
      "1 ms before a quarter": [{ reissueTime: 300 }, 21_599_999, false],
      "0, where reissueTime is 0": [{ reissueTime: 0 }, 0, true],
      "never, where reissueTime is null": [{ reissueTime: null }, DAY, false],
      "never, where reissueTime and timeout are null": [
        { reissueTime: null, timeout: null },
        DAY,
        false,
      ],
    };
    for (const [name, [options, age, renewed]] of Object.entries(shares)) {
      await t.step(`is renewed after its share of what was asked for: ${name}`, async () => {
        const app = new SessionApp(options);
        const text = await app.left.leave(
          `[${START - age},${START - age},{"user":"ada"},{"life":86400}]`,
        );
        const { value, cookies } = await app.present(text, (session) => session.get("user"));
        const isNoted = renewed && !(age === 0 && isStored(SessionApp.kind));
        assertEquals([value, cookies.length], ["ada", isNoted ? 1 : 0]);
      });
    }
    await t.step("ends a session that is remembered and emptied", async () => {
      const app = new SessionApp();
      const ada = app.visitor();
      await app.visit(ada, (session) => {
        session.set("user", "ada");
        session.remember(86_400);
      });
      const { cookies } = await app.visit(ada, (session) => session.pop("user"));
      // Other requests may be writing to a stored session: it stays until it idles.
      if (isStored(SessionApp.kind)) assertEquals(cookies, []);
      else assert(cookies[0]?.includes("; Max-Age=0;"), cookies[0]);
    });
  },
);

Deno.test("Lifetimes.longest() is the time after which no copy is valid", async (t) => {
  type Row = [options: LifetimeOptions, rememberFor: number | undefined, longest: number];
  const rows: Record<string, Row> = {
    "the timeout": [{}, undefined, 20 * MINUTE],
    "the lifetime, without timeout": [{ timeout: null }, undefined, 30 * DAY],
    "the timeout, without lifetime": [{ lifetime: null }, undefined, 20 * MINUTE],
    "none without both": [{ timeout: null, lifetime: null }, undefined, Infinity],
    "none at timeout 0": [{ timeout: 0 }, undefined, 0],
    "what was asked for, above the timeout": [{}, 3600, 60 * MINUTE],
    "the timeout, above what was asked for": [{}, 60, 20 * MINUTE],
    "what was asked for, above the lifetime": [{ lifetime: 7200 }, 86_400, DAY],
    "what was asked for, above the lifetime, without timeout": [
      { timeout: null, lifetime: 7200 },
      86_400,
      DAY,
    ],
  };
  for (const [name, [options, rememberFor, longest]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(new Lifetimes(options).longest(rememberFor), longest));
  }
});

Deno.test("Lifetimes refuse limits that are none or contradict each other", async (t) => {
  const untyped = (options: object): LifetimeOptions => options;
  const number = "must be a number of seconds, or null for none";
  const rows: Record<string, [options: object, message: string]> = {
    "timeout NaN": [{ timeout: NaN }, `Cannot set timeout to NaN: ${number}`],
    "timeout Infinity": [{ timeout: Infinity }, `Cannot set timeout to Infinity: ${number}`],
    "timeout below 0": [{ timeout: -1 }, `Cannot set timeout to -1: ${number}`],
    "timeout as text": [
      { timeout: "1200" },
      'Cannot use option "timeout" of signedCookieSessionFactory(): must be a number of seconds, or null for none, not the string "1200"',
    ],
    "timeout as a date": [{ timeout: new Date(NaN) }, `Cannot use option "timeout"`],
    "reissueTime NaN": [{ reissueTime: NaN }, `Cannot set reissueTime to NaN: ${number}`],
    "reissueTime below 0": [{ reissueTime: -1 }, `Cannot set reissueTime to -1: ${number}`],
    "reissueTime over the default timeout": [
      { reissueTime: 1201 },
      "Cannot renew sessions every 1201 seconds: they end after 1200 seconds without a request",
    ],
    "reissueTime over timeout": [
      { reissueTime: 60.001, timeout: 60 },
      "Cannot renew sessions every 60.001 seconds: they end after 60 seconds without a request",
    ],
    "lifetime NaN": [{ lifetime: NaN }, `Cannot set lifetime to NaN: ${number}`],
    "lifetime 0": [{ lifetime: 0 }, "Cannot set lifetime to 0"],
    "timeout over lifetime": [
      { timeout: 61, lifetime: 60 },
      "Cannot let sessions idle for 61 seconds: they end after 60 seconds in any case",
    ],
    "timeout over the default lifetime": [
      { timeout: 2_592_001 },
      "Cannot let sessions idle for 2592001 seconds: they end after 2592000 seconds in any case",
    ],
    "the default timeout over lifetime": [
      { lifetime: 60 },
      "Cannot let sessions idle for 1200 seconds: they end after 60 seconds in any case",
    ],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(
        () => signedCookieSessionFactory(SECRET, untyped(options)),
        ConfigurationError,
        message,
      );
    });
  }
});

interface Life {
  created: number;
  renewed: number;
  life: number | null;
}

/** The limits of DESIGN.md in so many words, in milliseconds: the authority of the model test. */
class Model {
  readonly timeout: number;
  readonly lifetime: number;
  readonly reissueTime: number;
  readonly share: number;

  constructor({ timeout, lifetime, reissueTime }: LifetimeOptions) {
    const limit = (seconds: number | null | undefined) => (seconds ?? Infinity) * 1000;
    this.timeout = limit(timeout);
    this.lifetime = limit(lifetime);
    this.reissueTime = reissueTime === undefined ? this.timeout / 10 : limit(reissueTime);
    this.share = reissueTime === undefined ? 0.1 : this.reissueTime / this.timeout;
  }

  reason({ created, renewed, life }: Life, now: number): RefusalReason | null {
    if (now - created > Math.max(this.lifetime, (life ?? 0) * 1000)) return "expired-absolute";
    return now - renewed > (life === null ? this.timeout : life * 1000) ? "expired-idle" : null;
  }

  window({ life }: Life): number {
    return life === null ? this.reissueTime : life * 1000 * this.share;
  }
}

function randomOptions(random: Random): LifetimeOptions {
  const timeout = 10 + random.below(100);
  const lifetime = random.chance(0.2) ? null : timeout + random.below(10 * timeout);
  const reissueTime = random.pick([undefined, null, 0, random.below(timeout), timeout]);
  return reissueTime === undefined ? { timeout, lifetime } : { timeout, lifetime, reissueTime };
}

/** Steps that like the edges. */
function randomStep(random: Random, model: Model, life: Life | null): number {
  const edges = [0, 1, model.timeout, model.timeout / 10];
  if (life !== null) edges.push((life.life ?? 1) * 1000, model.window(life));
  const edge = random.pick(edges.filter(Number.isFinite));
  const step = random.chance(0.5) ? edge + random.below(3) - 1 : random.below(edge + 1);
  return Math.max(0, Math.round(step));
}

Deno.test(
  "Lifetimes over random timelines: never valid after a limit, renewed once a window",
  async (t) => {
    let ended = 0, renewals = 0, kept = 0;
    for (let seed = 1; seed <= 24; seed++) {
      await t.step(`seed ${seed}`, async () => {
        const random = new Random(seed);
        const options = randomOptions(random);
        const app = new SessionApp(options);
        const model = new Model(options);
        let life: Life | null = null;
        let cookie = "";
        for (let request = 0; request < 50; request++) {
          app.clock.travel(randomStep(random, model, life) / 1000);
          const now = app.clock();
          const at = `seed ${seed}, request ${request}, ${JSON.stringify({ options, life, now })}`;
          const reason: RefusalReason | null = life === null ? null : model.reason(life, now);
          const writes: boolean = life === null || reason !== null || random.chance(0.1);
          const remembers: number | null = writes && random.chance(0.1)
            ? 1 + random.below(200)
            : null;
          app.refusals.length = 0;
          const { value: isNew, cookies } = await app.visit(app.visitor(), (session) => {
            const { isNew } = session;
            if (writes) session.set("request", request);
            if (remembers !== null) session.remember(remembers);
            return isNew;
          }, { headers: cookie === "" ? {} : { cookie } });
          assertEquals(app.refusals, reason === null ? [] : [reason], at);
          assertEquals(isNew, life === null || reason !== null, at);

          if (life === null || reason !== null) {
            if (reason !== null) ended++;
            life = { created: now, renewed: now, life: remembers };
            assertEquals(cookies.length, 1, at);
          } else {
            const due: boolean = now - life.renewed >= model.window(life);
            assertEquals(cookies.length, due || writes ? 1 : 0, at);
            if (cookies.length === 0) kept++;
            else if (!writes) renewals++;
            if (cookies.length > 0) life.renewed = now;
            if (remembers !== null) life.life = remembers;
          }
          if (cookies[0] !== undefined) {
            cookie = cookies[0].replace(/;.*/, "");
            const [renewed, created] = JSON.parse(payloadOf(textOf(cookies[0])));
            assertEquals([renewed, created], [life.renewed, life.created], at);
          }
        }
      });
    }
    assert(ended > 50 && renewals > 50 && kept > 50, `only ${[ended, renewals, kept]}`);
  },
);

everyKind(
  "Lifetimes never sign out who comes every timeout − reissueTime, before the absolute limit",
  async (t) => {
    for (let seed = 101; seed <= 112; seed++) {
      await t.step(`seed ${seed}`, async () => {
        const random = new Random(seed);
        const timeout = 10 + random.below(100);
        const reissueTime = random.pick([undefined, 0, random.below(timeout), timeout / 2]);
        const lifetime = timeout * (2 + random.below(10));
        const app = new SessionApp({
          timeout,
          lifetime,
          ...reissueTime === undefined ? {} : { reissueTime },
        });
        const longest = (timeout - (reissueTime ?? timeout / 10)) * 1000;
        const ada = app.visitor();
        await app.visit(ada, (session) => session.set("user", "ada"));
        const end = START + lifetime * 1000;
        while (app.clock() < end) {
          const step = random.chance(0.5) ? longest : 1 + random.below(longest);
          app.clock.travelTo(Math.min(end, app.clock() + Math.max(1, Math.floor(step))));
          const { value } = await app.visit(ada, (session) => session.get("user"));
          const at = `seed ${seed}, ${JSON.stringify({ timeout, reissueTime, lifetime })}`;
          assertEquals(
            [value, app.refusals],
            ["ada", []],
            `${at}, after ${app.clock() - START} ms`,
          );
        }
        app.clock.travel(0.001);
        assertEquals((await app.visit(ada, (session) => session.get("user"))).value, undefined);
        // The store lets nothing out after its end.
        assertEquals(app.refusals, [isStored(SessionApp.kind) ? "gone" : "expired-absolute"]);
      });
    }
  },
);
