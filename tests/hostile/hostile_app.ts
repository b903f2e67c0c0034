/**
 * An app that does everything wrong that an app can do, and that meets visitors who do the rest.
 *
 * Run by `Deno.serve` with the word `--serve`, and by `deno serve` through its default export.
 * Nothing that a visitor sends to it may end the process or stop the server.
 *
 * @module
 */

import {
  type AnyViewRequest,
  Configurator,
  html,
  HttpForbidden,
  json,
  type Logger,
  NewResponse,
  type RevocationStore,
  signedCookieSessionFactory,
  type StandardSchema,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { authTktCookies } from "@pyramidion/pyramidion/auth-tkt";

const SECRET = "w1pQ2ZyqJmS4nT6vK8xB0cD3eF5gH7iL9oR-uYaNbMs=";

interface Kept {
  n: number;
  large: string;
}
type KeptRequest = ViewRequest<Kept>;

/** A log that is full: it throws, and rejects, by turns. */
let turn = 0;
const fullLog: Logger = {
  warn: () => rejecting(),
  error: () => {
    if (turn++ % 2 === 0) throw new Error("The log is full");
    return rejecting();
  },
};

/** A store that is down for whoever has an id. */
const downStore: RevocationStore = {
  has: () => Promise.reject(new Error("The store is down")),
  add: () => {
    throw new Error("The store is down");
  },
  epoch: () => Promise.reject(new Error("The store is down")),
  bump: () => Promise.reject(new Error("The store is down")),
};

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const rejecting = (): Promise<never> => Promise.reject(new Error("Nobody awaits this"));

const sharedText = new Response("shared");
const sharedPromise = Promise.resolve(new Response("shared by a promise"));
const sharedEmpty = new Response(null, { status: 204 });

const sessionFactory = signedCookieSessionFactory<Kept>(SECRET, {
  logger: fullLog,
  onReject: () => rejecting(),
  formerly: signedCookieSessionFactory(SECRET, { cookieName: "former", logger: fullLog }),
});

const config = new Configurator<Kept>({ sessionFactory, logger: fullLog, bodyTimeout: 0.3 })
  .addRequestMethod("late", () => rejecting(), { property: true })
  .addRequestMethod("lately", () => rejecting())
  .setSecurityPolicy({
    identity: () => rejecting(),
    permits: () => rejecting(),
  });

const tickets = authTktCookies(SECRET, { includeIp: true });

/** A schema that finds a fault in each list. */
const REFUSING: StandardSchema<never> = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate: (value) => {
      const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
      return { issues: names.map((name) => ({ message: name, path: [name, 0] })) };
    },
  },
};

/** Takes the files that nobody else wants, and forgets to read them. */
const files = {
  a: () => rejecting(),
  file: () => "unread",
};

/** What promises of a request are asked for, and awaited by nobody or late. */
const MEMBERS: Readonly<Record<string, (request: AnyViewRequest) => unknown>> = {
  bytes: (request) => request.bytes({ maxBytes: 2 }),
  text: (request) => request.text({ maxBytes: 2 }),
  json: (request) => request.json(),
  form: (request) => request.form(),
  params: (request) => request.params,
  readForm: (request) => request.readForm(REFUSING, { once: true }),
  identity: (request) => request.identity,
  authenticatedUserId: (request) => request.authenticatedUserId,
  isAuthenticated: (request) => request.isAuthenticated,
  remember: (request) => tickets.remember(request, "ada"),
  identify: (request) => tickets.identify(request),
  session: (request) => request.session,
  permission: (request) => request.hasPermission("edit"),
  completed: (request) => request.info?.completed,
};

const pages: Readonly<Record<string, (request: KeptRequest) => unknown>> = {
  "/ok": () => new Response("ok"),
  "/read": async (request) => json([...(await request.session).entries()]),
  "/tickets": async (request) => json((await tickets.identify(request))?.tokens ?? null),
  "/count": async (request) => {
    const session = await request.session;
    session.set("n", (session.get("n") ?? 0) + 1);
    return json(session.get("n"));
  },
  "/form": async (request) => json([...(await request.form()).keys()].length),
  "/read-form": async (request) => json(await request.readForm(REFUSING)),
  "/read-json": async (request) => json(await request.readJson(REFUSING)),
  "/read-files": async (request) =>
    json(await request.validForm(REFUSING, { files, discard: () => rejecting() })),
  "/params": async (request) => json((await request.params).size),
  "/json": async (request) => json(await request.json()),
  "/echo/:text": (request) => new Response(request.matchdict.text),
  "/rest/*": (request) => new Response(`${request.matchdict[0]?.length}`),
  "/late/:member": async (request) => {
    const asked = MEMBERS[request.matchdict.member ?? ""]?.(request);
    await tick();
    await tick();
    return html`${String(await asked)}`;
  },
  "/unawaited/:member": (request) => {
    MEMBERS[request.matchdict.member ?? ""]?.(request);
    return new Response("not awaited");
  },
  "/added": (request) => {
    const added: unknown = Reflect.get(request, "late");
    const method: unknown = Reflect.get(request, "lately");
    if (typeof method === "function") Reflect.apply(method, request, []);
    return new Response(typeof added);
  },
  "/shared": () => sharedText,
  "/shared-by-a-promise": async () => await sharedPromise,
  "/shared-empty": () => sharedEmpty,
  "/used": async () => {
    const used = new Response("used");
    await used.text();
    return used;
  },
  "/half-read": async () => {
    const half = new Response(new Blob(["half"]).stream());
    await half.body?.getReader().read();
    return half;
  },
  "/failed-fetch": () => Response.error(),
  "/nothing": () => undefined,
  "/thrown-text": () => {
    throw "boom";
  },
  "/thrown-nothing": () => {
    throw undefined;
  },
  "/too-large": async (request) => {
    (await request.session).set("large", "x".repeat(5_000));
    return new Response("too large");
  },
  "/stream-fails": () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode("begun"));
          controller.error(new Error("The stream fails"));
        },
      }),
    ),
  "/stream-of-text": () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue("text, not bytes" as unknown as Uint8Array);
          controller.close();
        },
      }),
    ),
  "/stream-for-ever": () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await tick();
          controller.enqueue(new Uint8Array(1_000));
        },
        cancel: () => rejecting(),
      }),
    ),
  "/callback-fails": (request) => {
    request.addResponseCallback(() => rejecting());
    request.addFinishedCallback(() => rejecting());
    return new Response("callback");
  },
  "/callback-reads": (request) => {
    request.addResponseCallback(async (_request, response) => void await response.text());
    return new Response("callback");
  },
};

for (const [pattern, view] of Object.entries(pages)) {
  config.addRoute(pattern, pattern);
  // What they return is wrong on purpose: the renderer lets the types pass.
  config.addView(view, {
    routeName: pattern,
    requestMethod: "*",
    requireCsrf: false,
    ...(pattern === "/read-files" ? { bodyLimits: { maxStreamedBytes: 2_000_000 } } : {}),
    renderer: (value) => value as Response,
  });
}

config.addRoute("factory", "/factory", {
  factory: () => {
    throw new HttpForbidden();
  },
  view: () => new Response("never"),
});
config.addRoute("factory-later", "/factory-later", {
  factory: () => rejecting(),
  view: () => new Response("never"),
});
config.addRoutePredicate("later", () => ({
  text: "later",
  holds: () => rejecting() as unknown as boolean,
}));
config.addRoute("later", "/later", {
  custom: { later: 1 },
  view: () => new Response("never"),
});
config.setDefaultCsrfOptions({
  // A decision that nobody awaits.
  insecureExempt: (() => rejecting()) as unknown as () => boolean,
});
config.addRoute("checked", "/checked").addView(() => new Response("checked"), {
  routeName: "checked",
  requestMethod: "POST",
});
config.addSubscriber(NewResponse, async ({ response }: NewResponse<Kept>) => {
  if (response.headers.has("x-read-me")) await response.text();
  return await rejecting();
});
config.addRoute("read-by-subscriber", "/read-by-subscriber").addView(
  () => new Response("read", { headers: { "x-read-me": "yes" } }),
  { routeName: "read-by-subscriber" },
);
config.addTween((handler) => async (request) => {
  const answer = handler(request);
  await tick();
  await tick();
  return await answer;
}, { name: "late tween", under: "exceptionViews" });
config.addTween((handler) => async (request) => {
  const response = await handler(request);
  // What a tween returns is wrong on purpose.
  if (request.query.has("tween-nothing")) return undefined as unknown as Response;
  return request.query.has("tween-answers") ? new Response("of the tween") : response;
}, { name: "replacing tween" });

/** What views do behind an upgrade. */
const upgrades: Readonly<Record<string, (request: KeptRequest) => unknown>> = {
  "/ws/echo": (request) => {
    const { response, socket } = request.upgradeWebSocket();
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  },
  "/ws/handler-throws": (request) => {
    const { response, socket } = request.upgradeWebSocket();
    socket.onmessage = ({ data }) => JSON.parse(data);
    return response;
  },
  "/ws/handler-rejects": (request) => {
    const { response, socket } = request.upgradeWebSocket();
    socket.addEventListener("message", () => rejecting());
    return response;
  },
  "/ws/throws-after": (request) => {
    request.upgradeWebSocket();
    throw new Error("After the upgrade");
  },
  "/ws/forbidden-after": async (request) => {
    request.upgradeWebSocket();
    await tick();
    throw new HttpForbidden();
  },
  "/ws/page-after": (request) => {
    request.upgradeWebSocket();
    return html`<p>a page</p>`;
  },
  "/ws/twice": (request) => {
    request.upgradeWebSocket();
    return request.upgradeWebSocket().response;
  },
  "/ws/own": (request) => Deno.upgradeWebSocket(request.raw).response,
  "/ws/own-throws-after": (request) => {
    Deno.upgradeWebSocket(request.raw);
    throw new Error("After the upgrade");
  },
  "/ws/own-page-after": (request) => {
    Deno.upgradeWebSocket(request.raw);
    return new Response("a page");
  },
  "/ws/own-never": async (request) => {
    Deno.upgradeWebSocket(request.raw);
    await tick();
    return await rejecting();
  },
  "/ws/session-after": async (request) => {
    const { response } = Deno.upgradeWebSocket(request.raw);
    (await request.session).set("n", 1);
    return response;
  },
  "/ws/too-large": async (request) => {
    (await request.session).set("large", "x".repeat(5_000));
    return request.upgradeWebSocket().response;
  },
  "/ws/own-too-large": async (request) => {
    (await request.session).set("large", "x".repeat(5_000));
    return Deno.upgradeWebSocket(request.raw).response;
  },
  "/ws/invalidate": async (request) => {
    const { response } = Deno.upgradeWebSocket(request.raw);
    (await request.session).invalidate();
    return response;
  },
  "/ws/callback-fails": (request) => {
    request.addResponseCallback(() => rejecting());
    return request.upgradeWebSocket().response;
  },
  "/ws/callback-replaces": (request) => {
    request.addResponseCallback(() => new Response("replaced"));
    return request.upgradeWebSocket().response;
  },
};

for (const [pattern, view] of Object.entries(upgrades)) {
  config.addRoute(pattern, pattern);
  config.addView(view, { routeName: pattern, renderer: (value) => value as Response });
}

/** The same behind sessions whose store is down: an app of its own. */
const down = new Configurator<Kept>({
  logger: fullLog,
  sessionFactory: signedCookieSessionFactory<Kept>(SECRET, {
    logger: fullLog,
    revocations: downStore,
  }),
});
down.addRoute("ws", "/down/ws").addView(async (request) => {
  const { response } = request.upgradeWebSocket();
  (await request.session).set("n", 1);
  return response;
}, { routeName: "ws" });
down.addRoute("read", "/down/read").addView(async (request) => {
  (await request.session).set("n", 1);
  return new Response("read");
}, { routeName: "read" });

const [main, other] = [config.makeApp(), down.makeApp()];

function fetch(request: Request, info?: Deno.ServeHandlerInfo): Response | Promise<Response> {
  const isOther = URL.parse(request.url)?.pathname.startsWith("/down/") ?? false;
  return isOther ? other.fetch(request, info) : main.fetch(request, info);
}

export default { fetch };

if (Deno.args.includes("--serve")) {
  Deno.serve({ hostname: "127.0.0.1", port: 0 }, fetch);
}
