/**
 * HTTP/1.1 by hand: requests that no client would send, and answers as they were on the wire.
 *
 * @module
 */

/** An answer as it was on the wire. */
export interface RawResponse {
  /** The status; 0 where the server hung up without an answer. */
  readonly status: number;
  /** Each header line, the name in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body, its chunks joined, one character for each byte. */
  readonly body: string;
}

/** What is sent besides the request's head. */
export interface RawRequest {
  /** Header lines, one character for each byte. `Host` and `Connection: close` are there already. */
  readonly headers?: readonly string[];
  /** The `Host`. @default {"127.0.0.1"} */
  readonly host?: string;
  /** What follows the head, byte for byte. */
  readonly body?: string;
  /** Whether our side of the connection is closed behind the body, as one who goes away does. */
  readonly hangUp?: boolean;
}

/**
 * Sends one request and reads until the answer is whole, or the server closes the connection: a
 * server that still waits for a body does not.
 *
 * @param port Where the server listens, on 127.0.0.1.
 * @param line Method and target, such as `GET /a/../b`.
 * @param request Headers and body.
 */
export async function exchange(
  port: number,
  line: string,
  { headers = [], host = "127.0.0.1", body = "", hangUp = false }: RawRequest = {},
): Promise<RawResponse> {
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers, "", ""];
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await send(connection, head.join("\r\n") + body);
  if (hangUp) await connection.closeWrite();
  return parse(await receive(connection, isWhole));
}

/** Sends one character for each byte. A server that has answered already may not read to the end. */
export async function send(connection: Deno.Conn, text: string): Promise<void> {
  let rest = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
  } catch (error) {
    if (!isHangUp(error)) throw error;
  }
}

/** Receives until the end, or until `enough` says so; one character for each byte. */
export async function receive(
  connection: Deno.Conn,
  enough: (received: string) => boolean = () => false,
): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let received = "";
  try {
    while (!enough(received)) {
      const length = await connection.read(buffer);
      if (length === null) break;
      received += latin1(buffer.subarray(0, length));
    }
  } catch (error) {
    if (!isHangUp(error)) throw error;
  }
  return received;
}

/** Reads an answer. */
export function parse(received: string): RawResponse {
  if (received === "") return { status: 0, headers: [], body: "" };
  const end = received.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = received.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const rest = received.slice(end + 4);
  const chunked = headers.some(([name, value]) =>
    name === "transfer-encoding" && value === "chunked"
  );
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  return { status, headers, body: chunked ? joinChunks(rest) : rest };
}

/** The values of a header, in their order. */
export function valuesOf(response: RawResponse, header: string): string[] {
  return response.headers.filter(([name]) => name === header).map(([, value]) => value);
}

/** Whether an answer is whole: its body is as long as `Content-Length` says; an answer to HEAD is so only if that is 0. */
export function isWhole(received: string): boolean {
  if (!received.includes("\r\n\r\n")) return false;
  const response = parse(received);
  const [length] = valuesOf(response, "content-length");
  return length !== undefined && response.body.length >= Number(length);
}

function joinChunks(text: string): string {
  let joined = "";
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\r\n", at);
    const size = parseInt(text.slice(at, end), 16);
    joined += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
  return joined;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function isHangUp(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted;
}
