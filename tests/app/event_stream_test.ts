/**
 * `eventStream()`: what is sent, who is waited for, and what happens when the visitor goes away.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { type App, Configurator, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import {
  type EventProducer,
  eventStream,
  type EventStreamOptions,
} from "@pyramidion/pyramidion/event-stream";
import { testUnless } from "../requirements.ts";
import { missingNginx, Nginx } from "./nginx.ts";
import { missingForSocket, RecordingLogger, SECRET, WireServer } from "./wire_app.ts";

interface Site {
  readonly app: App;
  readonly logger: RecordingLogger;
}

function siteOf(producer: EventProducer, options?: EventStreamOptions): Site {
  const logger = new RecordingLogger();
  const app = new Configurator({ logger })
    .addRoute("events", "/events")
    .addView((request) => eventStream(request, producer, options), {
      routeName: "events",
      requestMethod: ["GET", "POST"],
    }).makeApp();
  return { app, logger };
}

async function ask({ app }: Site, init?: RequestInit): Promise<Response> {
  return await app.fetch(new Request("https://app.test/events", init));
}

function readerOf(response: Response): ReadableStreamDefaultReader<string> {
  assert(response.body !== null);
  return response.body.pipeThrough(new TextDecoderStream()).getReader();
}

/** Waits for the signal, as what a producer awaits should. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Lets what is under way come to its end, promise by promise. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** A promise that others resolve. */
function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

Deno.test("eventStream() sends events with headers that keep proxies from keeping them", async () => {
  const site = siteOf(async function* () {
    yield "a";
    yield { event: "note", id: "2", data: "b" };
  }, { retry: 500 });
  const response = await ask(site);
  assertEquals([...response.headers], [
    ["cache-control", "no-store, no-transform"],
    ["content-type", "text/event-stream"],
    ["x-accel-buffering", "no"],
    ["x-content-type-options", "nosniff"],
  ]);
  const text = "retry: 500\n\ndata: a\n\nevent: note\ndata: b\nid: 2\n\n";
  assertEquals([response.status, await response.text()], [200, text]);
  assertEquals(site.logger.lines, []);
});

Deno.test("eventStream() gives the Last-Event-ID, of any visitor", async (t) => {
  const site = siteOf(async function* ({ lastEventId }) {
    yield JSON.stringify(lastEventId ?? null);
  });
  const rows: Record<string, [sent: string | undefined, given: string | null]> = {
    "none": [undefined, null],
    "empty": ["", null],
    "a number": ["7", "7"],
    "UTF-8": ["Ã©", "é"],
    "bytes that are none": ["\xff", "\ufffd"],
    "1,024 characters": ["a".repeat(1024), "a".repeat(1024)],
    "more": ["a".repeat(1025), null],
  };
  for (const [name, [sent, given]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const headers: Record<string, string> = sent === undefined ? {} : { "last-event-id": sent };
      assertEquals(
        await (await ask(site, { headers })).text(),
        `data: ${JSON.stringify(given)}\n\n`,
      );
    });
  }
});

Deno.test("eventStream() takes the next event when the reader asks for it", async () => {
  let made = 0;
  const site = siteOf(async function* () {
    for (;;) yield String(++made);
  });
  const response = await ask(site);
  assertEquals(made, 0);
  const reader = response.body!.getReader();
  await reader.read();
  assertEquals(made, 1);
  await reader.read();
  assertEquals(made, 2);
  await reader.cancel();
});

Deno.test("eventStream() sends a comment while no event comes", async () => {
  const { passed, open } = gate();
  const site = siteOf(async function* () {
    await passed;
    yield "late";
  }, { heartbeat: 0.001 });
  const reader = readerOf(await ask(site));
  assertEquals([(await reader.read()).value, (await reader.read()).value], [":\n\n", ":\n\n"]);
  open();
  let last: string | undefined;
  do last = (await reader.read()).value; while (last === ":\n\n");
  assertEquals([last, (await reader.read()).done], ["data: late\n\n", true]);
});

Deno.test("eventStream() ends the producer when the reader goes away", async (t) => {
  const rows: Record<string, (done: () => void) => EventProducer> = {
    "that waits for the signal": (done) =>
      async function* ({ signal }) {
        try {
          yield "a";
          await aborted(signal);
        } finally {
          done();
        }
      },
    "that waits for the reader": (done) =>
      async function* () {
        try {
          yield "a";
          yield "b";
        } finally {
          done();
        }
      },
    "that is a stream": (done) => () =>
      new ReadableStream<string>({ start: (controller) => controller.enqueue("a"), cancel: done }),
    "that is an iterator without return()": (done) => ({ signal }) => {
      signal.addEventListener("abort", done);
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: "a" }) }) };
    },
  };
  for (const [name, producer] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { passed, open } = gate();
      const site = siteOf(producer(open), { heartbeat: null });
      const reader = readerOf(await ask(site));
      assertEquals((await reader.read()).value, "data: a\n\n");
      await reader.cancel();
      await passed;
      await settle();
      assertEquals(site.logger.lines, []);
    });
  }
});

Deno.test("eventStream() logs an error and ends the stream", async (t) => {
  const rows: Record<string, [producer: EventProducer, sent: string, logged: string]> = {
    "of the producer": [
      async function* () {
        yield "a";
        throw new RangeError("no");
      },
      "data: a\n\n",
      "error: The event stream of /events failed: RangeError: no",
    ],
    "of an event that is none": [
      async function* () {
        yield "a";
        yield { id: "1\n2" };
      },
      "data: a\n\n",
      "error: The event stream of /events failed: TypeError: Cannot send an event: its id has a line break",
    ],
    "of an iterator": [
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject("no") }) }),
      "",
      "error: The event stream of /events failed: no",
    ],
  };
  for (const [name, [producer, sent, logged]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const site = siteOf(producer);
      const response = await ask(site);
      assertEquals([response.status, await response.text()], [200, sent]);
      assertEquals(site.logger.lines.length, 1);
      assertEquals(site.logger.lines[0]?.slice(0, logged.length), logged);
    });
  }
  await t.step("after the end", async () => {
    const { passed, open } = gate();
    const site = siteOf(async function* ({ signal }) {
      yield "a";
      await aborted(signal).catch(() => {});
      queueMicrotask(open);
      throw new RangeError("too late");
    });
    const reader = readerOf(await ask(site));
    await reader.read();
    const next = reader.read();
    await reader.cancel();
    await Promise.all([next, passed]);
    await settle();
    assertEquals(site.logger.lines, [
      "error: The event stream of /events failed: RangeError: too late",
    ]);
  });
});

Deno.test("eventStream() ends with the signal of its options, and leaves no listener on it", async () => {
  const ending = new AbortController();
  const { passed, open } = gate();
  const producer: EventProducer = async function* ({ signal }) {
    try {
      yield "a";
      await aborted(signal);
    } finally {
      open();
    }
  };
  const reader = readerOf(await ask(siteOf(producer, { signal: ending.signal })));
  assertEquals((await reader.read()).value, "data: a\n\n");
  const next = reader.read();
  ending.abort();
  assertEquals((await next).done, true);
  await passed;
  // A signal that is aborted already, and one that is aborted after the stream ended.
  assertEquals(await (await ask(siteOf(producer, { signal: ending.signal }))).text(), "");
  const later = new AbortController();
  const done = siteOf(async function* () {
    yield "a";
  }, { signal: later.signal });
  assertEquals(await (await ask(done)).text(), "data: a\n\n");
  later.abort();
});

Deno.test("eventStream() makes no event for HEAD, and takes POST", async () => {
  let calls = 0;
  const site = siteOf(() => {
    calls++;
    return new ReadableStream<string>({ start: (controller) => controller.close() });
  });
  const head = await ask(site, { method: "HEAD" });
  assertEquals([head.status, head.body, calls], [200, null, 0]);
  assertEquals(head.headers.get("content-type"), "text/event-stream");
  assertEquals(await (await ask(site, { method: "POST" })).text(), "");
  assertEquals(calls, 1);
});

Deno.test("eventStream() refuses what is no producer and no option", async (t) => {
  const none: EventProducer = async function* () {};
  const rows: Record<string, [producer: unknown, options: object, message: string]> = {
    "no producer": [undefined, {}, "the producer must be a function, not undefined"],
    "an iterable": [
      none({ signal: AbortSignal.abort(), lastEventId: "" }),
      {},
      "must be a function",
    ],
    "an async function": [async () => {}, {}, "not a promise: write async function* (…)"],
    "a plain generator": [function* () {}, {}, "the producer must give an async iterable"],
    "a producer that throws": [
      () => {
        throw new RangeError("no");
      },
      {},
      "RangeError: no",
    ],
    "an unknown option": [none, { heartBeat: 5 }, 'no such option: did you mean "heartbeat"?'],
    "no time": [
      none,
      { heartbeat: 0 },
      "must be a number of seconds above 0, at most 86400, or null",
    ],
    "no number": [none, { heartbeat: NaN }, "must be a number of seconds above 0"],
    "more than a day": [none, { heartbeat: 86_401 }, "at most 86400"],
    "half a millisecond": [none, { retry: 0.5 }, "its retry must be an integer of milliseconds"],
    "a signal that is none": [none, { signal: {} }, "must be an AbortSignal"],
  };
  for (const [name, [producer, options, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const site = siteOf(producer as never, options);
      assertEquals((await ask(site)).status, 500);
      const line = site.logger.lines.join();
      if (!line.includes(message)) assertEquals(line, message);
    });
  }
});

Deno.test("the session of an event stream can be read, and a write to it throws", async (t) => {
  const rows: Record<string, boolean> = {
    "that the view loaded before": true,
    "that the producer loads": false,
  };
  for (const [name, isLoaded] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = new RecordingLogger();
      const app = new Configurator<{ n: number }>({
        logger,
        sessionFactory: signedCookieSessionFactory(SECRET),
      }).addRoute("events", "/events", {
        view: async (request) => {
          if (isLoaded) (await request.session).set("n", 1);
          return eventStream(request, async function* () {
            const session = await request.session;
            yield String(session.get("n") ?? 0);
            session.set("n", 2);
          });
        },
      }).makeApp();
      const response = await app.fetch(new Request("https://app.test/events"));
      assertEquals(response.headers.getSetCookie().length, isLoaded ? 1 : 0);
      assertEquals(response.headers.get("cache-control"), "no-store, no-transform");
      assertEquals(await response.text(), `data: ${isLoaded ? 1 : 0}\n\n`);
      assertEquals(logger.lines.length, 1);
      assertMatch(
        logger.lines[0] ?? "",
        /^error: The event stream of \/events failed: Error: Cannot set "n": the response is already on its way/,
      );
    });
  }
});

/** A site whose producer sends one event, waits for the signal, and says when it is done. */
function waitingSite(): Site & { done: Promise<void>; started: () => number } {
  const { passed, open } = gate();
  let started = 0;
  const site = siteOf(async function* ({ signal }) {
    started++;
    try {
      yield "first";
      await aborted(signal);
    } finally {
      open();
    }
  }, { heartbeat: 0.05 });
  return { ...site, done: passed, started: () => started };
}

testUnless(
  missingForSocket,
  "an event stream ends when its client closes the connection",
  async () => {
    const site = waitingSite();
    await using server = new WireServer(site.app);
    const gone = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/events`, {
      signal: gone.signal,
      headers: { "accept-encoding": "gzip, br" },
    });
    assertEquals(response.headers.get("content-encoding"), null);
    const reader = readerOf(response);
    assertEquals((await reader.read()).value, "data: first\n\n");
    assertEquals((await reader.read()).value, ":\n\n");
    gone.abort();
    await reader.read().catch(() => {});
    await site.done;
    assertEquals([site.logger.lines, server.caught, site.started()], [[], [], 1]);
  },
);

testUnless(
  missingNginx,
  "an event stream passes nginx at once, and ends when the client of nginx goes",
  async () => {
    const site = waitingSite();
    await using server = new WireServer(site.app);
    // Without X-Accel-Buffering nginx holds so small an answer back, until it ends.
    await using nginx = await Nginx.start({ front: { to: server.port, tls: false } });
    const gone = new AbortController();
    const response = await nginx.fetch(
      new Request(`${nginx.origins["front"]}/events`, { signal: gone.signal }),
    );
    // It is for nginx alone.
    assertEquals(response.headers.get("x-accel-buffering"), null);
    const reader = readerOf(response);
    assertEquals((await reader.read()).value, "data: first\n\n");
    gone.abort();
    await reader.read().catch(() => {});
    await site.done;
    assertEquals([site.logger.lines, server.caught, site.started()], [[], [], 1]);
  },
);
