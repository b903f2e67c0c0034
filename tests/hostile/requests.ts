/**
 * Requests that no honest visitor sends, by what is wrong with them.
 *
 * @module
 */

import type { RawRequest } from "../app/raw_socket.ts";

/** What is sent: method and target, and the rest. */
export interface HostileRequest extends RawRequest {
  /** Method and target, such as `GET /a/../b`. */
  readonly line: string;
}

const URL_ENCODED = "Content-Type: application/x-www-form-urlencoded";
const JSON_TYPE = "Content-Type: application/json";
const MULTIPART = "Content-Type: multipart/form-data; boundary=cut";
const KB = 60_000;

const of = (line: string, request: RawRequest = {}): HostileRequest => ({ line, ...request });

const post = (path: string, type: string, body: string, more: RawRequest = {}): HostileRequest =>
  of(`POST ${path}`, { body, headers: [type, `Content-Length: ${body.length}`], ...more });

const chunked = (path: string, type: string, body: string, more: RawRequest = {}): HostileRequest =>
  of(`POST ${path}`, { body, headers: [type, "Transfer-Encoding: chunked"], ...more });

const cookies = (header: string): HostileRequest =>
  of("GET /read", { headers: [`Cookie: ${header}`] });

const handshake = (path: string, ...headers: string[]): HostileRequest =>
  handshakeBy("GET", path, ...headers);

const handshakeBy = (method: string, path: string, ...headers: string[]): HostileRequest =>
  of(`${method} ${path}`, {
    headers: [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    ],
  });

const part = (name: string): string =>
  `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nv\r\n`;

/** Members of a request that give promises. */
const MEMBERS = [
  "bytes",
  "text",
  "json",
  "form",
  "params",
  "identity",
  "authenticatedUserId",
  "isAuthenticated",
  "remember",
  "identify",
  "session",
  "permission",
];

/** Bodies that some reader of them refuses. */
const BODIES: readonly ((path: string) => HostileRequest)[] = [
  (path) => post(path, JSON_TYPE, "{bad"),
  (path) => post(path, URL_ENCODED, "a=1&".repeat(2_000)),
  (path) => post(path, MULTIPART, "no boundary at all"),
  (path) => post(path, "Content-Type: multipart/form-data", "no boundary"),
  (path) => post(path, `${JSON_TYPE}\r\nContent-Encoding: gzip`, "abc"),
  (path) => of(`POST ${path}`, { headers: [JSON_TYPE, "Content-Length: 10"], hangUp: true }),
  (path) => of(`POST ${path}`, { headers: [JSON_TYPE, `Content-Length: ${1e12}`] }),
  (path) => chunked(path, JSON_TYPE, "5\r\n{", { hangUp: true }),
  (path) => chunked(path, JSON_TYPE, "zz\r\n{"),
  (path) => chunked(path, JSON_TYPE, `200000\r\n${"x".repeat(0x200000)}\r\n0\r\n\r\n`),
  (path) =>
    of(`GET ${path}`, { headers: ["Cookie: session=AQAAAAAA; former=AQAAAAAA", "Host: other"] }),
  (path) => of(`GET ${path}`, { headers: ["Cookie: session=AQAAAAAA; former=AQAAAAAA"] }),
];

/** Promises that the app awaits late, or never; nobody can await `completed` before the answer. */
export const PROMISES: readonly HostileRequest[] = [
  ...MEMBERS.map((member) => `/late/${member}`),
  ...MEMBERS.map((member) => `/unawaited/${member}`),
  "/unawaited/completed",
].flatMap((path) => BODIES.map((body) => body(path)));

/** Answers that cannot be sent, and callbacks that fail. */
export const ANSWERS: readonly HostileRequest[] = [
  "/shared",
  "/shared-by-a-promise",
  "/shared-empty",
  "/used",
  "/half-read",
  "/failed-fetch",
  "/nothing",
  "/thrown-text",
  "/thrown-nothing",
  "/too-large",
  "/stream-fails",
  "/stream-of-text",
  "/callback-fails",
  "/callback-reads",
  "/read-by-subscriber",
  "/added",
  "/factory",
  "/factory-later",
  "/later",
  "/ok?tween-nothing",
  "/ok?tween-answers",
  "/down/read",
].flatMap((path) => [of(`GET ${path}`), of(`HEAD ${path}`), of(`GET ${path}`)]);

/** A form whose exemption decides nothing. */
export const DECISIONS: readonly HostileRequest[] = [
  post("/checked", URL_ENCODED, "a=1", { headers: [URL_ENCODED, "Content-Length: 3"] }),
  post("/checked", URL_ENCODED, "a=1", {
    headers: [URL_ENCODED, "Content-Length: 3", "Origin: https://evil.test"],
  }),
];

const WS = [
  "echo",
  "handler-throws",
  "handler-rejects",
  "throws-after",
  "forbidden-after",
  "page-after",
  "twice",
  "own",
  "own-throws-after",
  "own-page-after",
  "own-never",
  "session-after",
  "too-large",
  "own-too-large",
  "invalidate",
  "callback-fails",
  "callback-replaces",
];
const FORMER = "Cookie: session=AQAAAAAA; former=AQAAAAAA";

/** Upgrades, good and bad, of views that go wrong behind them. */
export const UPGRADES: readonly HostileRequest[] = [
  ...WS.flatMap((name) => [
    handshake(`/ws/${name}`),
    handshake(`/ws/${name}`, FORMER),
    handshake(`/ws/${name}`, "Origin: https://evil.test"),
    handshake(`/ws/${name}`, "Sec-WebSocket-Protocol: a, b"),
    ...["HEAD", "OPTIONS", "PURGE"].map((method) => handshakeBy(method, `/ws/${name}`)),
    handshake(`/ws/${name}?tween-nothing`),
    handshake(`/ws/${name}?tween-answers`),
    of(`GET /ws/${name}`),
    of(`HEAD /ws/${name}`, { headers: ["Connection: Upgrade", "Upgrade: websocket"] }),
    of(`POST /ws/${name}`, { headers: ["Connection: Upgrade", "Upgrade: websocket"] }),
    of(`GET /ws/${name}`, { headers: ["Upgrade: websocket"] }),
    of(`GET /ws/${name}`, { headers: ["Connection: Upgrade", "Upgrade: h2c"] }),
    of(`GET /ws/${name}`, { headers: ["Connection: Upgrade", "Upgrade: websocket"] }),
  ]),
  handshake("/down/ws"),
  handshake("/ok"),
  handshake("/nowhere"),
];

/** Targets, hosts and methods. */
export const TARGETS: readonly HostileRequest[] = [
  ...[
    "/a/../b",
    "/a/%2e%2E/b",
    "/../../../b",
    "/a\\b",
    "\\a\\..\\b",
    '/echo/"<>`{}',
    "/echo/a%2Fb",
    "/a//b",
    "//evil/x",
    "/%zz",
    "/echo/%E0%A4",
    "/echo/%00",
    "/\xfc",
    "/a b",
    "*",
    "/x#/b",
    "http://other:99/abs",
    `/echo/${"x".repeat(KB)}`,
    `/${"x".repeat(65_535)}`,
    `/${'"'.repeat(30_000)}`,
    `/rest/${"a/".repeat(29_999)}`,
    `/${"a/../".repeat(12_000)}x`,
    `/ok?${"a=1&".repeat(10_000)}`,
    `/ok?${"%".repeat(KB)}`,
    "/ok?__proto__=1&constructor=2",
  ].map((target) => of(`GET ${target}`)),
  ...["u:p@h/zz", "u:p@h", "h?q", "h#f", "a b", "", "h\xff", "[::1", "h:99999", "x/../y", "x\\y"]
    .flatMap((host) => [of("GET /ok", { host }), of("GET /read", { host })]),
  ...["get", "TRACE", "CONNECT", "PROPFIND", "OPTIONS", "A".repeat(1_000)]
    .map((method) => of(`${method} /read`)),
  of("GET /read", { headers: ["Host: other"] }),
  of("GET /read", { headers: ["X-Forwarded-Host: a b", "X-Forwarded-Proto: ,,,"] }),
  of("GET /read", { headers: [`X-Forwarded-For: ${",".repeat(KB)}`] }),
  of("GET /nowhere", { headers: [`Accept: ${"a/b,".repeat(KB / 4)}`] }),
  of("GET /nowhere", { headers: ["Accept: text/html;q=1e999, */*;q=NaN"] }),
];

/** Cookie headers. */
export const COOKIES: readonly HostileRequest[] = [
  "",
  "a=1;=x;;=;b",
  "a=1;".repeat(KB / 4),
  ";".repeat(KB),
  "=".repeat(KB),
  '"'.repeat(KB),
  `session=${"A".repeat(KB)}`,
  `session=${"A".repeat(4_096)}`,
  "__proto__=x; constructor=y; toString=z",
  `session=\x80\xff; csrf-\xff=1`,
  Array.from({ length: 500 }, (_, i) => `csrf-${i}`.padEnd(13, "x") + `=${"A".repeat(43)}`)
    .join("; "),
  "session=AQAAAAAA",
  "session=AgAAAAAA",
  "former=AQAAAAAA",
].map(cookies);

const DIGEST = "0".repeat(128);

/** Cookie headers with tickets. */
export const TICKETS: readonly HostileRequest[] = [
  "",
  "!".repeat(KB),
  '"',
  DIGEST,
  `${DIGEST}6553f100!`,
  `${DIGEST}6553f100ada!userid_type:int`,
  `${DIGEST}ffffffffada!${"a,".repeat(KB / 2)}!userid_type:b64unicode`,
  `${DIGEST}6553f100%zz%ff%00!`,
  `${DIGEST}6553f100\x80\xff!userid_type:b64str|userid_type:int`,
  `"${DIGEST}6553f100ada!a\\054b\\777\\"!x"`,
  `${DIGEST}6553f100ada!; auth_tkt=`.repeat(200),
].map((ticket) => of("GET /tickets", { headers: [`Cookie: auth_tkt=${ticket}`] }));

/** Bodies. */
export const FORMS: readonly HostileRequest[] = [
  "/form",
  "/params",
  "/json",
  "/read-form",
  "/read-files",
  "/read-json",
  "/ok",
].flatMap((path) => [
  ...BODIES.map((body) => body(path)),
  post(path, URL_ENCODED, "%ZZ=%E0%A4"),
  post(path, URL_ENCODED, "__proto__=1&constructor.prototype.x=1"),
  post(path, URL_ENCODED, "a=1&".repeat(100_000)),
  post(path, URL_ENCODED, "a".repeat(1_000_000)),
  post(path, MULTIPART, part("a")),
  post(path, MULTIPART, `${part("a").repeat(1_001)}--cut--\r\n`),
  post(path, MULTIPART, "\r".repeat(1_000_000)),
  post(path, MULTIPART, "\r\n--cut".repeat(100_000)),
  post(path, JSON_TYPE, "[".repeat(1_000_000)),
  post(path, JSON_TYPE, '{"__proto__":{"admin":true}}'),
  post(path, "Content-Type: multipart/form-data; boundary=" + "=".repeat(100), "x"),
]);

/** Bodies that stop, on a connection that stays open. */
export const STOPPING: readonly HostileRequest[] = [
  "/form",
  "/json",
  "/read-files",
  "/late/form",
  "/late/readForm",
  "/unawaited/json",
  "/unawaited/readForm",
]
  .flatMap((path) => [
    of(`POST ${path}`, { headers: [URL_ENCODED, "Content-Length: 10"], body: "a=1" }),
    of(`POST ${path}`, { headers: [JSON_TYPE, "Content-Length: 10"] }),
    chunked(path, URL_ENCODED, "5\r\na=1"),
  ]);
