import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { parseForm, parseJsonBody, readBytes } from "../../lib/http/body.ts";
import {
  HttpBadRequest,
  HttpContentTooLarge,
  HttpUnsupportedMediaType,
} from "../../lib/http/errors.ts";
import { HttpError } from "../../lib/http/errors.ts";

const URL_ENCODED = "application/x-www-form-urlencoded";

function post(body: BodyInit | null, headers: HeadersInit = {}): Request {
  return new Request("https://app.test/", { method: "POST", body, headers });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A body that comes in pieces and remembers whether somebody hung up. */
function pieces(chunks: Iterable<Uint8Array>): { request: Request; hungUp: () => boolean } {
  let hungUp = false;
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      hungUp = true;
    },
  });
  return { request: post(stream), hungUp: () => hungUp };
}

Deno.test("readBytes() gives the whole body, up to the limit", async (t) => {
  await t.step("no body", async () => {
    assertEquals(await readBytes(new Request("https://app.test/"), 10, 5), new Uint8Array());
    assertEquals(await readBytes(post(null), 0, 5), new Uint8Array());
  });
  await t.step(
    "an empty body",
    async () => assertEquals(await readBytes(post(""), 0, 5), bytes("")),
  );
  await t.step("exactly the limit", async () => {
    const read = await readBytes(post("12345"), 5, 5);
    assertEquals(read, bytes("12345"));
    assertEquals(read.buffer.byteLength, 5);
  });
  await t.step("much less than the limit", async () => {
    const read = await readBytes(post("12345"), 1_048_576, 5);
    assertEquals([read, read.buffer.byteLength], [bytes("12345"), 5]);
  });
  await t.step("many pieces, larger than the first buffer", async () => {
    const chunks = Array.from({ length: 70_000 }, (_, index) => Uint8Array.of(index % 251));
    const read = await readBytes(pieces(chunks).request, 100_000, 5);
    assertEquals(read.length, 70_000);
    assert(read.every((byte, index) => byte === index % 251));
  });
  await t.step("a large piece after a small one", async () => {
    const { request } = pieces([bytes("a"), bytes("b".repeat(50_000)), bytes("c")]);
    assertEquals(
      new TextDecoder().decode(await readBytes(request, 60_000, 5)),
      "a" + "b".repeat(50_000) + "c",
    );
  });
  await t.step("empty pieces", async () => {
    assertEquals(
      await readBytes(pieces([bytes(""), bytes("a"), bytes("")]).request, 1, 5),
      bytes("a"),
    );
  });
});

Deno.test("readBytes() answers 413 as soon as the limit is passed", async (t) => {
  await t.step("by one byte", async () => {
    await assertRejects(
      () => readBytes(post("123456"), 5, 5),
      HttpContentTooLarge,
      "larger than 5 bytes",
    );
  });
  await t.step("by Content-Length alone, the body unread", async () => {
    const request = post("1", { "content-length": "1073741824" });
    await assertRejects(() => readBytes(request, 1_048_576, 5), HttpContentTooLarge);
    assertEquals(await request.text(), "1");
  });
  await t.step("whatever a false Content-Length says", async () => {
    for (const length of ["1", "-1", "abc", "", "1e9", "5, 5"]) {
      await assertRejects(
        () => readBytes(post("123456", { "content-length": length }), 5, 5),
        HttpContentTooLarge,
      );
    }
  });
  await t.step("a body without an end", async () => {
    let given = 0;
    function* endless() {
      for (;;) {
        given++;
        yield new Uint8Array(1_000);
      }
    }
    const { request, hungUp } = pieces(endless());
    await assertRejects(() => readBytes(request, 10_000, 5), HttpContentTooLarge);
    assert(hungUp(), "the sender is told");
    assert(given < 20, `${given} pieces were taken`);
  });
});

Deno.test("readBytes() tells the developer's fault from the visitor's", async (t) => {
  await t.step("a body that was read", async () => {
    const request = post("a");
    await request.text();
    await assertRejects(() => readBytes(request, 9, 5), TypeError, "it was read before");
  });
  await t.step("a body of which a piece was read", async () => {
    const request = post("a");
    const reader = request.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    await assertRejects(() => readBytes(request, 9, 5), TypeError, "it was read before");
  });
  await t.step("a body that somebody is reading", async () => {
    const request = post("a");
    const reader = request.body?.getReader();
    await assertRejects(() => readBytes(request, 9, 5), TypeError, "it was read before");
    await reader?.cancel();
  });
  await t.step("a limit that is none", async () => {
    for (const limit of [-1, NaN, Infinity, 1.5]) {
      await assertRejects(
        () => readBytes(post("a"), limit, 5),
        RangeError,
        `at most ${limit} bytes`,
      );
    }
  });
  await t.step("a stream of text", async () => {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue("a");
        controller.close();
      },
    });
    await assertRejects(() => readBytes(post(stream), 9, 5), TypeError, "Uint8Array");
  });
  await t.step("a connection that breaks is a 400, with its cause", async () => {
    const cause = new Error("connection reset");
    const stream = new ReadableStream({
      pull(controller) {
        controller.error(cause);
      },
    });
    const error = await assertRejects(() => readBytes(post(stream), 9, 5), HttpBadRequest);
    assertEquals(error.cause, cause);
    assert(!error.message.includes("reset"));
  });
  await t.step("a Content-Encoding is a 415", async () => {
    for (const encoding of ["gzip", "br", "identity, gzip", ""]) {
      const request = post("a", { "content-encoding": encoding });
      const { headers } = await assertRejects(
        () => readBytes(request, 9, 5),
        HttpUnsupportedMediaType,
      );
      assertEquals([...headers], [["accept-encoding", "identity"]]);
    }
    const identity = post("a", { "content-encoding": "Identity" });
    assertEquals(await readBytes(identity, 9, 5), bytes("a"));
  });
});

/** A body whose pieces the test sends by itself. */
function fed(hangUp: () => void | Promise<void> = () => {}) {
  let controller!: ReadableStreamDefaultController<unknown>;
  let cancelled = 0;
  const stream = new ReadableStream({
    start: (own) => void (controller = own),
    cancel: () => (cancelled++, hangUp()),
  });
  return { request: post(stream), controller, cancelled: () => cancelled };
}

/** Timers that fire when the test says so; the time is theirs. */
function replacedTimers() {
  const own = { set: globalThis.setTimeout, clear: globalThis.clearTimeout, now: performance.now };
  const waiting = new Map<number, { at: number; fire: () => void }>();
  let now = 0, made = 0;
  globalThis.setTimeout = ((fire: () => void, delay: number) => {
    waiting.set(++made, { at: now + delay, fire });
    return made;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => void waiting.delete(id)) as typeof clearTimeout;
  performance.now = () => now;
  return {
    made: () => made,
    waiting: () => waiting.size,
    /** Lets time pass, firing what is due on the way, then lets promises settle. */
    async pass(milliseconds: number) {
      const until = now + milliseconds;
      await settled();
      for (;;) {
        const [next] = [...waiting].sort(([, one], [, other]) => one.at - other.at);
        if (next === undefined || next[1].at > until) break;
        waiting.delete(next[0]);
        now = next[1].at;
        next[1].fire();
        await settled();
      }
      now = until;
      await settled();
    },
    [Symbol.dispose]() {
      globalThis.setTimeout = own.set;
      globalThis.clearTimeout = own.clear;
      performance.now = own.now;
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await null;
}

Deno.test("readBytes() answers 408 to a body that stops coming, and hangs up", async (t) => {
  await t.step("before its first piece", async () => {
    using timers = replacedTimers();
    const { request } = fed();
    const read = assertRejects(() => readBytes(request, 9, 30), HttpError);
    await timers.pass(30_000);
    assertEquals(timers.waiting(), 1);
    await timers.pass(100);
    const error = await read;
    assertEquals(
      [error.status, error.headers.get("connection"), error.detail],
      [
        408,
        "close",
        "The data of this request did not arrive in time. Check your connection and try again.",
      ],
    );
    assertEquals(timers.waiting(), 0);
  });
  await t.step("the deadline counts from the last piece that holds something", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = assertRejects(() => readBytes(request, 9, 30), HttpError);
    for (const piece of ["a", "", "", "b", ""]) {
      controller.enqueue(bytes(piece));
      await timers.pass(9_000);
    }
    // The last piece that holds something came 18 s ago.
    await timers.pass(12_000);
    assertEquals(timers.waiting(), 1);
    await timers.pass(100);
    assertEquals([(await read).status, timers.waiting()], [408, 0]);
  });
  await t.step("at the next piece, however long hanging up takes", async () => {
    using timers = replacedTimers();
    const { request, controller, cancelled } = fed(() => new Promise(() => {}));
    const read = assertRejects(() => readBytes(request, 9, 30), HttpError);
    await timers.pass(31_000);
    assertEquals([(await read).status, cancelled()], [408, 0]);
    controller.enqueue(bytes("late"));
    await settled();
    assertEquals(cancelled(), 1);
  });
  await t.step("and whatever hanging up throws", async () => {
    using timers = replacedTimers();
    const { request, controller, cancelled } = fed(() => Promise.reject(new Error("gone")));
    const read = assertRejects(() => readBytes(request, 9, 30), HttpError);
    await timers.pass(31_000);
    controller.enqueue(bytes("late"));
    await settled();
    assertEquals([(await read).status, cancelled()], [408, 1]);
  });
  await t.step("and a connection that breaks afterwards is nobody's concern", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = assertRejects(() => readBytes(request, 9, 30), HttpError);
    await timers.pass(31_000);
    controller.error(new Error("reset"));
    await settled();
    assertEquals((await read).status, 408);
  });
});

Deno.test("readBytes() reads a slow body whole, with one timer at a time", async (t) => {
  await t.step("a piece each 9 s for an hour", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = readBytes(request, 1_000, 10);
    for (let piece = 0; piece < 400; piece++) {
      controller.enqueue(bytes("x"));
      await timers.pass(9_000);
      assertEquals(timers.waiting(), 1);
    }
    controller.close();
    assertEquals((await read).length, 400);
    assertEquals(timers.waiting(), 0);
  });
  await t.step("1,000 pieces at once take one timer", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = readBytes(request, 1_000, 10);
    for (let piece = 0; piece < 1_000; piece++) {
      controller.enqueue(bytes("x"));
      await settled();
    }
    controller.close();
    await read;
    assertEquals([timers.made(), timers.waiting()], [1, 0]);
  });
  await t.step("what arrived while the process was busy is read first", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = readBytes(request, 9, 10);
    await timers.pass(10_000);
    controller.enqueue(bytes("late"));
    await timers.pass(5_000);
    controller.close();
    assertEquals(await read, bytes("late"));
  });
  await t.step("null waits without a timer", async () => {
    using timers = replacedTimers();
    const { request, controller } = fed();
    const read = readBytes(request, 9, null);
    await timers.pass(86_400_000);
    controller.enqueue(bytes("a"));
    controller.close();
    assertEquals([await read, timers.made()], [bytes("a"), 0]);
  });
  await t.step(
    "no timer is left where the body is too large, breaks, or is no body of bytes",
    async () => {
      using timers = replacedTimers();
      for (
        const end of [
          (own: ReadableStreamDefaultController<unknown>) => own.enqueue(bytes("0123456789")),
          (own: ReadableStreamDefaultController<unknown>) => own.error(new Error("reset")),
          (own: ReadableStreamDefaultController<unknown>) => own.enqueue("text"),
        ]
      ) {
        const { request, controller } = fed();
        const read = assertRejects(() => readBytes(request, 9, 10));
        await settled();
        assertEquals(timers.waiting(), 1);
        end(controller);
        await read;
        assertEquals(timers.waiting(), 0);
      }
    },
  );
});

function parse(text: string, contentType: string | null = URL_ENCODED): Promise<FormData> {
  return parseForm(bytes(text), contentType, { maxParts: 1_000 });
}

Deno.test("parseForm() reads application/x-www-form-urlencoded as the URL standard says", async (t) => {
  const rows: Record<string, [body: string, form: [string, string][], contentType?: string]> = {
    "nothing": ["", []],
    "two fields": ["a=1&b=2", [["a", "1"], ["b", "2"]]],
    "two of one name": ["a=1&a=2", [["a", "1"], ["a", "2"]]],
    "+ and %20": ["a=b+c%20d%2Be", [["a", "b c d+e"]]],
    "an escape that is none": ["a=%ZZ&b=%&c=%4", [["a", "%ZZ"], ["b", "%"], ["c", "%4"]]],
    "half a character": ["a=%E0%A4%A", [["a", "\ufffd%A"]]],
    "a byte order mark stays": ["\ufeffa=1", [["\ufeffa", "1"]]],
    "charset=utf-7": ["a=%C3%A9+AGE-", [["a", "é AGE-"]], `${URL_ENCODED};charset=utf-7`],
    "_charset_": ["_charset_=iso-8859-1&a=%E9", [["_charset_", "iso-8859-1"], ["a", "\ufffd"]]],
    "the name __proto__": ["__proto__=1&constructor=2", [["__proto__", "1"], ["constructor", "2"]]],
    "brackets": ["a[__proto__][x]=1", [["a[__proto__][x]", "1"]]],
    "dots": ["constructor.prototype.x=1", [["constructor.prototype.x", "1"]]],
    "no name, no value": ["=&=1&a", [["", ""], ["", "1"], ["a", ""]]],
    "separators alone": ["&&&a=1&&", [["a", "1"]]],
    "NUL": ["a=%00b", [["a", "\0b"]]],
    "a type in capitals": ["a=1", [["a", "1"]], URL_ENCODED.toUpperCase()],
    "a type with broken parameters": ["a=1", [["a", "1"]], `${URL_ENCODED} ; ; charset`],
  };
  for (const [name, [body, form, contentType]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals([...await parse(body, contentType)], form));
  }
});

Deno.test("parseForm() counts fields before they are parsed", async (t) => {
  const limits = { maxParts: 3 };
  const count = (text: string) => parseForm(bytes(text), URL_ENCODED, limits);
  await t.step("as many as allowed", async () => {
    assertEquals([...await count("a&b&c&")].length, 3);
    assertEquals([...await count("&".repeat(65_536))].length, 0);
  });
  await t.step("one more", async () => {
    await assertRejects(() => count("a&b&c&d"), HttpContentTooLarge, "more than 3 fields");
    await assertRejects(() => count("=&=&=&="), HttpContentTooLarge);
  });
  await t.step("100,000", async () => {
    await assertRejects(() => parse("a=1&".repeat(100_000)), HttpContentTooLarge);
  });
  await t.step("parts", async () => {
    const body = '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'.repeat(4) + "--X--";
    const type = "multipart/form-data; boundary=X";
    await assertRejects(() => parseForm(bytes(body), type, limits), HttpContentTooLarge);
    assertEquals([...await parse(body, type)].length, 4);
  });
});

Deno.test("parseForm() reads multipart/form-data, whatever way its type is written", async (t) => {
  const body = '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--X--\r\n';
  const types = [
    "multipart/form-data; boundary=X",
    'Multipart/Form-Data;BOUNDARY="X"',
    "multipart/form-data ;charset=utf-8;\tboundary=X ; a=b",
  ];
  for (const type of types) {
    await t.step(type, async () => assertEquals([...await parse(body, type)], [["a", "v"]]));
  }
  const refused = [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    "multipart/form-data; boundary=Y",
    "multipart/form-data; boundary=X; boundary=Y",
    "multipart/form-data; boundary='X'",
  ];
  for (const type of refused) {
    await t.step(`400: ${type}`, async () => {
      await assertRejects(() => parse(body, type), HttpBadRequest);
    });
  }
});

Deno.test("parseForm() answers 415 to what is no form", async (t) => {
  const rows: Record<string, [body: string, contentType: string | null]> = {
    "no type": ["a=1", null],
    "an empty type": ["a=1", ""],
    "plain text": ["a=1", "text/plain"],
    "plain text, empty": ["", "text/plain;charset=UTF-8"],
    "JSON": ["{}", "application/json"],
    "two types": ["a=1", `${URL_ENCODED}, ${URL_ENCODED}`],
    "another multipart": ["--X--", "multipart/mixed; boundary=X"],
    "a longer type": ["a=1", `${URL_ENCODED}x`],
    "a no-break space": ["a=1", `\u00a0${URL_ENCODED}`],
  };
  for (const [name, [body, contentType]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { headers } = await assertRejects(
        () => parse(body, contentType),
        HttpUnsupportedMediaType,
      );
      assertEquals([...headers], [["accept", `${URL_ENCODED}, multipart/form-data`]]);
    });
  }
  await t.step("but not to an empty body without a type", async () => {
    const form = await parse("", null);
    assertInstanceOf(form, FormData);
    assertEquals([...form], []);
  });
});

Deno.test("parseJsonBody() reads JSON in UTF-8, with or without a byte order mark", () => {
  assertEquals(parseJsonBody(bytes(' {"a":[1,"é"]} ')), { a: [1, "é"] });
  assertEquals(parseJsonBody(bytes("\ufeffnull")), null);
  const value = parseJsonBody(bytes('{"__proto__":{"admin":true}}'));
  assert(typeof value === "object" && value !== null);
  assert(Object.hasOwn(value, "__proto__") && !("admin" in value));
});

Deno.test("parseJsonBody() answers 400 to everything else and does not quote it", async (t) => {
  const rows: Record<string, Uint8Array> = {
    "nothing": bytes(""),
    "not JSON": bytes("hello"),
    "JSON and more": bytes("{}{}"),
    "a comma too many": bytes("[1,]"),
    "two byte order marks": bytes("\ufeff\ufeff1"),
    "not UTF-8": Uint8Array.of(0x22, 0xff, 0x22),
    "a character cut short": Uint8Array.of(0x22, 0xe0, 0xa4, 0x22),
    "UTF-16": Uint8Array.of(0xff, 0xfe, 0x31, 0x00),
    "undefined": bytes("undefined"),
    "100,000 deep and not closed": bytes("[".repeat(100_000)),
  };
  for (const [name, body] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => parseJsonBody(body), HttpBadRequest);
      assertEquals(
        error.detail,
        "The data of this request is not valid JSON in UTF-8. Check the data and try again.",
      );
      assertInstanceOf(error.cause, Error);
    });
  }
});
