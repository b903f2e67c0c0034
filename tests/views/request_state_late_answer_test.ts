/**
 * What is added to an answer too late is refused, not lost.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, NewResponse, type ViewRequest } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

const CALLS: Readonly<Record<string, (request: ViewRequest) => unknown>> = {
  'set header "x-a"': (request) => request.responseHeaders.set("x-a", "1"),
  'set header "x-b"': (request) => request.responseHeaders.append("x-b", "1"),
  'delete header "x-c"': (request) => request.responseHeaders.delete("x-c"),
  "set a cookie": (request) => request.setCookie("a", "1"),
  "delete a cookie": (request) => request.deleteCookie("a"),
  "set request.responseStatus": (request) => request.responseStatus = 404,
};

const LAST_CALLS: typeof CALLS = {
  ...CALLS,
  "add a response callback": (request) => request.addResponseCallback(() => {}),
  "add a finished callback": (request) => request.addFinishedCallback(() => {}),
};

const SENT = "the response was sent already: await what does it, before the view returns";
const MADE = "the response is made already: change the response that the callback gets";

for (const [what, call] of Object.entries(LAST_CALLS)) {
  Deno.test(`after the response was sent nothing can ${what}`, async (t) => {
    const before: Record<string, (request: ViewRequest) => unknown> = {
      "that nothing was done to": () => {},
      "with headers": (request) => request.responseHeaders.set("x-before", "1"),
      "with a finished callback": (request) => request.addFinishedCallback(() => {}),
      "with an error": () => {
        throw new Error("broken");
      },
    };
    for (const [name, prepare] of Object.entries(before)) {
      await t.step(name, async () => {
        let kept: ViewRequest | undefined;
        const app = new Configurator({ logger: recordingLogger() }).addRoute("x", "/x", {
          view: (request) => {
            kept = request;
            prepare(request);
            return html`x`;
          },
        }).makeApp();
        const response = await ask(app, "/x");
        await response.body?.cancel();
        const request = kept;
        if (request === undefined) throw new Error("no view was asked");
        const { message } = assertThrows(() => call(request), TypeError);
        assertEquals(message, `Cannot ${what}: ${SENT}`);
      });
    }
  });
}

for (const [what, call] of Object.entries(CALLS)) {
  Deno.test(`a response callback that would ${what} is told of the response that it has`, async () => {
    const logger = recordingLogger();
    const app = new Configurator({ logger }).addRoute("x", "/x", {
      view: (request) => {
        request.addResponseCallback(() => void call(request));
        return html`x`;
      },
    }).makeApp();
    assertEquals((await ask(app, "/x")).status, 500);
    assertStringIncludes(String(logger.errors[0]?.cause), `Cannot ${what}: ${MADE}`);
  });
}

Deno.test("a response callback can add another, and a finished callback a further one", async () => {
  const order: string[] = [];
  const app = new Configurator().addRoute("x", "/x", {
    view: (request) => {
      request.addResponseCallback((_request, response) => {
        response.headers.set("x-a", "1");
        request.addResponseCallback(() => void order.push("second"));
      });
      request.addFinishedCallback(() => {
        request.addFinishedCallback(() => void order.push("finished"));
      });
      return html`x`;
    },
  }).makeApp();
  assertEquals((await ask(app, "/x")).headers.get("x-a"), "1");
  assertEquals(order, ["second", "finished"]);
});

Deno.test("an exception view of what a response callback throws can still set headers and cookies", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRoute("x", "/x", {
      view: (request) => {
        request.responseHeaders.set("x-before", "1");
        request.addResponseCallback(() => {
          throw new RangeError("callback");
        });
        return html`x`;
      },
    })
    .addExceptionView((_error, request) => {
      request.responseHeaders.set("x-after", "1");
      request.setCookie("a", "1");
      return html`sorry`;
    })
    .makeApp();
  const { headers, status } = await ask(app, "/x");
  assertEquals([status, headers.get("x-before"), headers.get("x-after")], [500, "1", "1"]);
  assertEquals(headers.getSetCookie().length, 1);
});

Deno.test("a subscriber of NewResponse that sets a header is logged", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute("x", "/x", { view: () => html`x` })
    .addSubscriber(
      NewResponse,
      ({ request }: NewResponse) => request.responseHeaders.set("x-a", "1"),
    )
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 200);
  assertStringIncludes(String(logger.errors[0]?.cause), `Cannot set header "x-a": ${SENT}`);
});
