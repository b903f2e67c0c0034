import { assert, assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import * as errors from "../../lib/http/errors.ts";
import { HttpMethodNotAllowed } from "../../lib/http/errors.ts";
import { HttpClientError, HttpError, HttpServerError } from "../../lib/http/errors.ts";
import { HttpException } from "../../lib/http/errors.ts";
import { redirect } from "../../lib/http/redirect.ts";

type Status = typeof errors.HttpNotFound;

const classes: Record<string, [kind: Status, status: number, title: string]> = {
  HttpBadRequest: [errors.HttpBadRequest, 400, "Bad Request"],
  HttpUnauthorized: [errors.HttpUnauthorized, 401, "Unauthorized"],
  HttpForbidden: [errors.HttpForbidden, 403, "Forbidden"],
  HttpNotFound: [errors.HttpNotFound, 404, "Not Found"],
  HttpNotAcceptable: [errors.HttpNotAcceptable, 406, "Not Acceptable"],
  HttpConflict: [errors.HttpConflict, 409, "Conflict"],
  HttpGone: [errors.HttpGone, 410, "Gone"],
  HttpContentTooLarge: [errors.HttpContentTooLarge, 413, "Content Too Large"],
  HttpUnsupportedMediaType: [errors.HttpUnsupportedMediaType, 415, "Unsupported Media Type"],
  HttpUnprocessableContent: [errors.HttpUnprocessableContent, 422, "Unprocessable Entity"],
  HttpTooManyRequests: [errors.HttpTooManyRequests, 429, "Too Many Requests"],
  HttpInternalServerError: [errors.HttpInternalServerError, 500, "Internal Server Error"],
  HttpServiceUnavailable: [errors.HttpServiceUnavailable, 503, "Service Unavailable"],
};

Deno.test("each HttpError has the name, the status and the title of its class", async (t) => {
  for (const [name, [Kind, status, title]] of Object.entries(classes)) {
    await t.step(name, () => {
      const cause = new Error("inside");
      const error = new Kind("A sentence", { cause, headers: { "x-a": "1" } });
      assertInstanceOf(error, HttpError);
      assertInstanceOf(error, Error);
      assertEquals([error.name, error.status, error.title], [name, status, title]);
      assertEquals([error.detail, error.message], ["A sentence", "A sentence"]);
      assertEquals(error.headers.get("x-a"), "1");
      assertEquals(error.cause, cause);
      assertEquals([new Kind().detail, new Kind().message], ["", `${status} ${title}`]);
      assertEquals([...new Kind().headers], []);
    });
  }
});

Deno.test("each exported class of errors.ts is in the table above", () => {
  const others = [
    "HTTP_ERROR_KINDS",
    "HttpClientError",
    "HttpError",
    "HttpException",
    "HttpMethodNotAllowed",
    "HttpServerError",
    "ValidationError",
    "phraseOf",
  ];
  assertEquals(Object.keys(errors).sort(), [...Object.keys(classes), ...others].sort());
});

Deno.test("HttpError takes a status from 400 to 599 and no other", async (t) => {
  for (const status of [400, 418, 499, 500, 599]) {
    await t.step(`${status}`, () => assertEquals(new HttpError(status).status, status));
  }
  for (const status of [0, 101, 399, 600, -404, 404.5, NaN, Infinity]) {
    await t.step(`${status}`, () => {
      assertThrows(() => new HttpError(status), RangeError, `status ${status}: must be 400 to 599`);
    });
  }
});

Deno.test("HttpError of another answer's status says what to write", async (t) => {
  const rows: Record<number, string> = {
    200: "new Response(body, { status: 200 })",
    204: "new Response(null, { status: 204 })",
    300: "new Response(body, { status: 300 })",
    302: "redirect(location, { status: 302 })",
    304: "new Response(null, { status: 304 })",
    308: "redirect(location, { status: 308 })",
  };
  for (const [status, hint] of Object.entries(rows)) {
    await t.step(status, () => {
      assertThrows(
        () => new HttpError(Number(status)),
        RangeError,
        `Cannot make HttpError of status ${status}: must be 400 to 599: write ${hint}`,
      );
    });
  }
});

Deno.test("HttpClientError is every 4xx, HttpServerError every 5xx, however it is made", async (t) => {
  const made: HttpError[] = [new HttpError(404), new HttpError(499), new HttpError(500)];
  for (const [Kind] of Object.values(classes)) made.push(new Kind());
  for (const error of [...made, new HttpMethodNotAllowed([])]) {
    await t.step(`${error.name} ${error.status}`, () => {
      const kinds = [error instanceof HttpClientError, error instanceof HttpServerError];
      assertEquals(kinds, [error.status < 500, error.status >= 500]);
      assert(error instanceof HttpError && error instanceof HttpException);
    });
  }
  assertThrows(() => new HttpClientError(500), RangeError, "must be 400 to 499");
  assertThrows(() => new HttpServerError(499), RangeError, "must be 500 to 599");
});

Deno.test("a redirection is an HttpException and no HttpError", () => {
  const found = redirect("/");
  assertEquals([found instanceof HttpException, found instanceof HttpError], [true, false]);
});

Deno.test("HttpException is only a class of others, whose statuses it bounds", () => {
  const Plain = HttpException as unknown as new (status: number) => HttpException;
  assertThrows(() => new Plain(404), TypeError, "make an HttpError or call redirect()");
  class Own extends HttpException {}
  assertEquals(new Own(300).status, 300);
  for (const status of [299, 600, NaN]) {
    assertThrows(() => new Own(status), RangeError, `Own of status ${status}: must be 300 to 599`);
  }
});

Deno.test("HttpError of a status without a reason phrase says the same in title and message", () => {
  const error = new HttpError(499);
  assertEquals([error.title, error.message], ["Error", "499 Error"]);
});

Deno.test("HttpError keeps its own copy of the headers, each Set-Cookie apart", () => {
  const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
  const error = new HttpError(400, "", { headers });
  headers.delete("set-cookie");
  assertEquals(error.headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("HttpError without a cause has none, not an undefined one", () => {
  assert(!Object.hasOwn(new HttpError(404), "cause"));
  assert(Object.hasOwn(new HttpError(404, "", { cause: undefined }), "cause"));
});

Deno.test("HttpMethodNotAllowed names the methods once, sorted, in Allow", () => {
  const error = new HttpMethodNotAllowed(["POST", "GET", "POST"], "Read it", {
    headers: { "x-a": "1", "allow": "TRACE" },
  });
  assertEquals([error.name, error.status, error.title], [
    "HttpMethodNotAllowed",
    405,
    "Method Not Allowed",
  ]);
  assertEquals(error.allow, ["GET", "POST"]);
  assertEquals([...error.headers], [["allow", "GET, POST"], ["x-a", "1"]]);
  assertEquals(new HttpMethodNotAllowed([]).headers.get("allow"), "");
});
