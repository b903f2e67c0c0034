/** `signInLimiter()`: by account and address, over the stores, and never for ever. */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpForbidden,
  route,
} from "@pyramidion/pyramidion";
import { type SignInLimiter, signInLimiter } from "@pyramidion/pyramidion/authentication";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { dummyRequest, settableClock } from "@pyramidion/pyramidion/testing";
import { networkOf } from "../../lib/authentication/sign_in_limiter.ts";
import { recordingLogger } from "../sample_app.ts";

const login = route("login", "/login");

/** An app whose password is `right`, and an attempt at it: its status, and its `Retry-After`. */
function limitedApp(limiter: SignInLimiter, logger = recordingLogger()) {
  const app = new Configurator({ logger }).addRoute(login)
    .addView(async (request) => {
      const form = await request.params, account = form.get("user") ?? "";
      const device = form.get("device") ?? undefined;
      await limiter.attempt(request, account, { device });
      if (form.get("password") !== "right") throw new HttpForbidden("Wrong password");
      await limiter.succeeded(request, account, { device });
      return html`in`;
    }, { route: login, requestMethod: "POST" }).makeApp();
  return async (
    user: string,
    { address = "192.0.2.1", password = "wrong", device }: {
      address?: string;
      password?: string;
      device?: string;
    } = {},
  ): Promise<number> => {
    const body = new URLSearchParams({ user, password, ...device === undefined ? {} : { device } });
    const response = await app.fetch(
      new Request("https://app.test/login", { method: "POST", body }),
      { remoteAddr: { transport: "tcp", hostname: address, port: 1 } } as never,
    );
    return response.status;
  };
}

const times = async (count: number, call: () => Promise<number>) => {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push(await call());
  return statuses;
};

const STORES: Record<string, () => Promise<SessionStore>> = {
  "memory": () => Promise.resolve(memoryStore()),
  "SQLite": async () => {
    const store = sqliteStore(":memory:");
    await store.createTables();
    return store;
  },
};

for (const [kind, make] of Object.entries(STORES)) {
  Deno.test(`signInLimiter() limits an account from one address, and gives attempts back one by one (${kind})`, async () => {
    const clock = settableClock(1_000_000);
    const limiter = signInLimiter(await make(), {
      clock,
      perAccount: { attempts: 3, seconds: 300 },
    });
    const attempt = limitedApp(limiter);
    assertEquals(await times(4, () => attempt("ada")), [403, 403, 403, 429]);
    assertEquals(await attempt("ada", { password: "right" }), 429);
    clock.travel(99.999);
    assertEquals(await attempt("ada"), 429);
    clock.travel(0.001);
    assertEquals(await times(2, () => attempt("ada")), [403, 429]);
    clock.travel(300);
    assertEquals(await times(4, () => attempt("ada")), [403, 403, 403, 429]);
  });

  Deno.test(`signInLimiter() counts attempts at the same time, each once (${kind})`, async () => {
    const limiter = signInLimiter(await make(), { perAccount: { attempts: 5, seconds: 900 } });
    const attempt = limitedApp(limiter);
    const statuses = await Promise.all(Array.from({ length: 12 }, () => attempt("ada")));
    assertEquals(statuses.filter((status) => status === 403).length, 5);
    assertEquals(statuses.filter((status) => status === 429).length, 7);
  });
}

Deno.test("signInLimiter(): the spelling of an account gives no further attempts", async () => {
  const attempt = limitedApp(
    signInLimiter(memoryStore(), { perAccount: { attempts: 2, seconds: 900 } }),
  );
  assertEquals([await attempt("ada"), await attempt(" ADA ")], [403, 403]);
  for (const spelling of ["ada", "Ada", "\tada", "\uff41da"]) {
    assertEquals(await attempt(spelling), 429, spelling);
  }
  assertEquals(await attempt("eve"), 403);
});

Deno.test("signInLimiter() limits an address for all accounts, IPv6 by its /64", async () => {
  const attempt = limitedApp(
    signInLimiter(memoryStore(), { perAddress: { attempts: 2, seconds: 900 } }),
  );
  const from = (user: string, address: string) => attempt(user, { address });
  assertEquals([await from("a", "2001:db8::1"), await from("b", "2001:db8::2:3")], [403, 403]);
  assertEquals(await from("c", "2001:db8:0:0:ffff::"), 429);
  assertEquals(await from("c", "2001:db8:0:1::1"), 403);
  assertEquals(await from("c", "192.0.2.1"), 403);
  // The same address, written as IPv6.
  assertEquals(await from("d", "::ffff:192.0.2.1"), 403);
  assertEquals(await from("e", "192.0.2.1"), 429);
});

Deno.test("signInLimiter() limits an account from all addresses, and no known device by it", async () => {
  const clock = settableClock(0);
  const attempt = limitedApp(signInLimiter(memoryStore(), {
    clock,
    perAccount: { attempts: 2, seconds: 900 },
    perAccountEverywhere: { attempts: 4, seconds: 3600 },
  }));
  let at = 0;
  const elsewhere = () => attempt("ada", { address: `198.51.100.${at++}` });
  assertEquals(await times(5, elsewhere), [403, 403, 403, 403, 429]);
  assertEquals(await attempt("ada", { password: "right", device: "phone" }), 200);
  assertEquals(await times(3, () => attempt("ada", { device: "phone" })), [403, 403, 429]);
  assertEquals(await attempt("ada", { password: "right", device: "laptop" }), 200);
  // The attack goes on for a day: the refused attempts make no wait longer.
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    clock.travel(600);
    await elsewhere();
  }
  clock.travel(900);
  assertEquals(await attempt("ada", { password: "right" }), 200);
});

Deno.test("signInLimiter(): an attempt that one limit refused does not count for the others", async (t) => {
  const clock = settableClock(1_000_000);
  await t.step("not for the address", async () => {
    const attempt = limitedApp(signInLimiter(memoryStore(), {
      clock,
      perAddress: { attempts: 4, seconds: 900 },
      perAccount: { attempts: 2, seconds: 900 },
    }));
    assertEquals(await times(6, () => attempt("ada")), [403, 403, 429, 429, 429, 429]);
    assertEquals(await times(3, () => attempt("bob")), [403, 403, 429]);
  });
  await t.step("not for the account from this address", async () => {
    const attempt = limitedApp(signInLimiter(memoryStore(), {
      clock,
      perAccount: { attempts: 2, seconds: 9000 },
      perAccountEverywhere: { attempts: 2, seconds: 90 },
    }));
    await times(2, () => attempt("ada", { address: "192.0.2.9" }));
    assertEquals(await times(3, () => attempt("ada")), [429, 429, 429]);
    clock.travel(90);
    assertEquals(await attempt("ada"), 403);
  });
  await t.step("and a store that fails at it refuses all the same", async () => {
    const store = memoryStore(), logger = recordingLogger();
    const limiter = signInLimiter(store, {
      clock,
      perAccount: { attempts: 1, seconds: 900 },
      whenDown: "permit",
    });
    const attempt = limitedApp(limiter, logger);
    assertEquals(await attempt("ada"), 403);
    store.update = (_id, _head, change) =>
      Number(change.expires) <= clock() + 9_000
        ? Promise.reject(new Error("down"))
        : Promise.resolve(true);
    assertEquals(await attempt("ada"), 429);
    assertEquals(logger.errors.length, 1);
  });
});

Deno.test("signInLimiter(): a right password forgets the wrong ones from there, and costs nothing", async () => {
  const attempt = limitedApp(signInLimiter(memoryStore(), {
    perAccount: { attempts: 3, seconds: 900 },
    perAccountEverywhere: { attempts: 5, seconds: 900 },
    perAddress: { attempts: 5, seconds: 900 },
  }));
  assertEquals(await times(2, () => attempt("ada")), [403, 403]);
  assertEquals(await times(20, () => attempt("ada", { password: "right" })), Array(20).fill(200));
  assertEquals(await times(4, () => attempt("ada")), [403, 403, 403, 429]);
});

Deno.test("signInLimiter(): another account's success does not free the attempts on this one", async () => {
  const attempt = limitedApp(signInLimiter(memoryStore(), {
    perAccount: { attempts: 2, seconds: 900 },
    perAddress: { attempts: 4, seconds: 900 },
  }));
  assertEquals(await times(3, () => attempt("ada")), [403, 403, 429]);
  assertEquals(await times(5, () => attempt("eve", { password: "right" })), Array(5).fill(200));
  assertEquals(await attempt("ada"), 429);
});

Deno.test("signInLimiter() answers 429 with Retry-After in whole seconds, and no-store", async () => {
  const clock = settableClock(0);
  const limiter = signInLimiter(memoryStore(), { clock, perAccount: { attempts: 1, seconds: 10 } });
  const request = dummyRequest();
  await limiter.attempt(request, "ada");
  clock.travel(0.5);
  const error = await assertRejects(() => limiter.attempt(request, "ada"));
  assert(error instanceof Error && "headers" in error && error.headers instanceof Headers);
  assertEquals([error.headers.get("retry-after"), error.headers.get("cache-control")], [
    "10",
    "no-store",
  ]);
  assertEquals(error.message, "There were too many attempts to sign in. Try again in 10 seconds.");
});

Deno.test("signInLimiter(): a store that is down refuses, or permits if that is stated, and is logged", async (t) => {
  const down = (): Promise<never> => Promise.reject(new Error("no connection"));
  const store: SessionStore = {
    load: down,
    create: down,
    update: down,
    delete: down,
    list: down,
    deleteAll: down,
  };
  for (const [whenDown, status] of [[undefined, 503], ["refuse", 503], ["permit", 403]] as const) {
    await t.step(String(whenDown), async () => {
      const logger = recordingLogger();
      const limiter = signInLimiter(store, whenDown === undefined ? {} : { whenDown });
      assertEquals(await limitedApp(limiter, logger)("ada"), status);
      assertEquals(logger.errors.length, 1);
    });
  }
  const logger = recordingLogger();
  const limiter = signInLimiter(store);
  const half = { ...limiter, attempt: () => Promise.resolve() };
  const attempt = limitedApp(
    { ...half, succeeded: (...given) => limiter.succeeded(...given) },
    logger,
  );
  assertEquals(await attempt("ada", { password: "right" }), 200);
  assertEquals(logger.errors.length, 1);
});

Deno.test("signInLimiter(): records end with their attempts, so a store does not grow for ever", async () => {
  const clock = settableClock(0);
  const expiries: number[] = [];
  const inner = memoryStore();
  const store: SessionStore = {
    load: (id, now) => inner.load(id, now),
    create: (id, record, now) => {
      assert(/^[\w-]{43}$/.test(id));
      expiries.push(record.expires);
      return inner.create(id, record, now);
    },
    update: (...given) => inner.update(...given),
    delete: (...given) => inner.delete(...given),
    list: (...given) => inner.list(...given),
    deleteAll: (...given) => inner.deleteAll(...given),
  };
  const attempt = limitedApp(signInLimiter(store, { clock }));
  await attempt("x".repeat(100_000));
  assertEquals(expiries, [9_000, 90_000, 36_000]);
});

Deno.test("signInLimiter() refuses limits that are none", async (t) => {
  const rows: Record<string, unknown> = {
    "a number": { perAddress: 10 },
    "no attempts": { perAddress: { attempts: 0, seconds: 1 } },
    "half an attempt": { perAddress: { attempts: 1.5, seconds: 1 } },
    "no seconds": { perAddress: { attempts: 1 } },
    "two days": { perAddress: { attempts: 1, seconds: 172_800 } },
    "an unknown member": { perAddress: { attempts: 1, seconds: 1, minutes: 1 } },
    "another word": { whenDown: "open" },
    "everywhere less than from one address": {
      perAccount: { attempts: 10, seconds: 1 },
      perAccountEverywhere: { attempts: 9, seconds: 1 },
    },
  };
  for (const [name, options] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(
        () => Reflect.apply(signInLimiter, null, [memoryStore(), options]),
        ConfigurationError,
      );
    });
  }
  assertThrows(() => Reflect.apply(signInLimiter, null, [{}]), ConfigurationError);
  const limiter = signInLimiter(memoryStore());
  await assertRejects(
    () => Reflect.apply(limiter.attempt, limiter, [dummyRequest(), 7]),
    TypeError,
  );
});

Deno.test("networkOf() gives the /64 of an IPv6 address", () => {
  const rows: Record<string, string> = {
    "192.0.2.1": "192.0.2.1",
    "::1": "0:0:0:0::/64",
    "::": "0:0:0:0::/64",
    "2001:db8::1": "2001:db8:0:0::/64",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:db8:1:2::": "2001:db8:1:2::/64",
    "2001:0:0:1::5": "2001:0:0:1::/64",
    "fe80::1:2:3:4": "fe80:0:0:0::/64",
    "1:2:3::8": "1:2:3:0::/64",
  };
  for (const [address, network] of Object.entries(rows)) {
    assertEquals(networkOf(address), network, address);
  }
});
