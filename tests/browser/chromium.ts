/**
 * The system's Chromium, driven over the DevTools protocol: just enough to be a person at a page.
 *
 * Written out, since `npm:playwright-core` runs in Deno only with every permission (it looks at
 * `/proc`), and the tests run with few.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
  "--window-size=800,600",
];

const program = findChromium();

/** What tests in a browser need; `null` where it is there. */
export const missingForChromium: string | null = missingPermission(
  { name: "env" },
  { name: "read" },
  { name: "write" },
  { name: "run" },
  { name: "net", host: "127.0.0.1" },
) ?? (program === null ? "Chromium is not there: install it, or set CHROMIUM to its path" : null);

/** A cookie as the browser keeps it (DevTools protocol, `Network.Cookie`). */
export interface BrowserCookie {
  readonly name: string;
  readonly value: string;
  /** The host; with a leading dot where the cookie goes to hosts below it too. */
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: string;
  /** Whether it ends with the browser. */
  readonly session: boolean;
}

/** A screen. */
export interface Screen {
  /** Its width in CSS pixels. */
  readonly width: number;
  /** Its height in CSS pixels. */
  readonly height: number;
  /** The colour scheme of the system. */
  readonly scheme: "light" | "dark";
}

type Params = Readonly<Record<string, unknown>>;

/** A browser with one page and no past; disposing of it closes it and forgets everything. */
export class Chromium implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #drained: Promise<void>;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<Params>>();
  readonly #listeners = new Set<(method: string, params: Params) => void>();
  #session: string | undefined;
  #lastId = 0;

  private constructor(
    process: Deno.ChildProcess,
    drained: Promise<void>,
    profile: string,
    socket: WebSocket,
  ) {
    this.#process = process;
    this.#drained = drained;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => {
      for (const { reject } of this.#answers.values()) reject(new Error("Chromium hung up"));
    };
  }

  /** Starts the browser with a profile of its own and opens an empty page. */
  static async start(): Promise<Chromium> {
    if (program === null) throw new Error("Cannot start Chromium: it is not there");
    const profile = await Deno.makeTempDir({ prefix: "chromium-" });
    const process = new Deno.Command(program, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const [endpoint, drained] = await endpointOf(process.stderr);
    const socket = new WebSocket(endpoint);
    await opened(socket);
    const browser = new Chromium(process, drained, profile, socket);
    await browser.#attach();
    return browser;
  }

  /** Goes to a URL, as if typed into the address bar, and waits until the page is loaded. */
  async goto(url: string): Promise<void> {
    await this.#untilLoaded(() => this.#send("Page.navigate", { url }));
  }

  /** Clicks in the middle of an element and waits until the page that follows is loaded. */
  async click(selector: string): Promise<void> {
    const at = await this.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: "center" });
      const box = element.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`);
    await this.#untilLoaded(async () => {
      for (const type of ["mousePressed", "mouseReleased"]) {
        const press = { ...(at as Params), type, button: "left", clickCount: 1 };
        await this.#send("Input.dispatchMouseEvent", press);
      }
    });
  }

  /** Types into an element. */
  async type(selector: string, text: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.#send("Input.insertText", { text });
  }

  /** Presses Enter and waits until the page that follows is loaded. */
  async pressEnter(): Promise<void> {
    const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" };
    await this.#untilLoaded(async () => {
      await this.#send("Input.dispatchKeyEvent", { ...key, type: "keyDown" });
      await this.#send("Input.dispatchKeyEvent", { ...key, type: "keyUp" });
    });
  }

  /** Presses Tab. */
  async pressTab(): Promise<void> {
    const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
    await this.#send("Input.dispatchKeyEvent", { ...key, type: "rawKeyDown" });
    await this.#send("Input.dispatchKeyEvent", { ...key, type: "keyUp" });
  }

  /** Shows pages as on another screen. */
  async showOn({ width, height, scheme }: Screen): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#send("Emulation.setDeviceMetricsOverride", metrics);
    await this.#send("Emulation.setScrollbarsHidden", { hidden: true });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#send("Emulation.setEmulatedMedia", { features });
  }

  /** Presses the back button and waits until the page is shown, from memory or anew. */
  async back(): Promise<void> {
    const { currentIndex, entries } = await this.#send("Page.getNavigationHistory");
    const [before] = (entries as { id: number }[]).slice(Number(currentIndex) - 1);
    await this.#untilLoaded(
      () => this.#send("Page.navigateToHistoryEntry", { entryId: before?.id }),
    );
  }

  /** Reloads the page. */
  async reload(): Promise<void> {
    await this.#untilLoaded(() => this.#send("Page.reload"));
  }

  /** Evaluates an expression that leads to another page, and waits until that is loaded. */
  async leaveBy(expression: string): Promise<void> {
    await this.#untilLoaded(() => this.evaluate(expression));
  }

  /** The value of an expression in the page; of a promise what it settles to. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.#send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (answer.exceptionDetails !== undefined) {
      throw new Error(`The page threw: ${JSON.stringify(answer.exceptionDetails)}`);
    }
    return (answer.result as Params).value;
  }

  /** The text that a person reads. */
  async text(): Promise<string> {
    return String(await this.evaluate("document.body.innerText"));
  }

  /** The path in the address bar. */
  async path(): Promise<string> {
    return String(await this.evaluate("location.pathname + location.search"));
  }

  /** All cookies. */
  async cookies(): Promise<BrowserCookie[]> {
    const { cookies } = await this.#send("Storage.getCookies", {}, undefined);
    return cookies as BrowserCookie[];
  }

  /** The whole page, also what is below the screen, as a PNG. */
  async photograph(): Promise<Uint8Array<ArrayBuffer>> {
    const { cssContentSize } = await this.#send("Page.getLayoutMetrics");
    const { data } = await this.#send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: true,
      clip: { ...(cssContentSize as Params), scale: 1 },
    });
    return Uint8Array.fromBase64(String(data));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const hungUp = closed(this.#socket);
    // Its answer may never come: the browser closes.
    this.#send("Browser.close", {}, undefined).catch(() => {});
    await Promise.all([hungUp, this.#process.status, this.#drained]);
    await Deno.remove(this.#profile, { recursive: true });
  }

  async #attach(): Promise<void> {
    const { targetInfos } = await this.#send("Target.getTargets", {}, undefined);
    const page = (targetInfos as { targetId: string; type: string }[])
      .find(({ type }) => type === "page");
    const attached = await this.#send("Target.attachToTarget", {
      targetId: page?.targetId,
      flatten: true,
    }, undefined);
    this.#session = String(attached.sessionId);
    await this.#send("Page.enable");
    await this.#send("Page.setLifecycleEventsEnabled", { enabled: true });
  }

  /** A page from the back-forward cache fires no load event, but says by its frame that it is there. */
  async #untilLoaded(act: () => Promise<unknown>): Promise<void> {
    const loaded = Promise.withResolvers<void>();
    const listener = (method: string, params: Params) => {
      const restored = method === "Page.frameNavigated" &&
        params.type === "BackForwardCacheRestore";
      if (method === "Page.loadEventFired" || restored) loaded.resolve();
    };
    this.#listeners.add(listener);
    try {
      await act();
      await loaded.promise;
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #send(method: string, params: Params = {}, sessionId = this.#session): Promise<Params> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Params>();
    this.#answers.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return answer.promise;
  }

  #receive(
    message: { id?: number; method?: string; params?: Params; result?: Params; error?: Params },
  ): void {
    const { id, method, params = {}, result = {}, error } = message;
    if (id === undefined) {
      for (const listener of this.#listeners) listener(method ?? "", params);
      return;
    }
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`Chromium refused: ${error.message}`));
  }
}

function findChromium(): string | null {
  if (missingPermission({ name: "env" }, { name: "read" }) !== null) return null;
  const given = Deno.env.get("CHROMIUM");
  const places = given !== undefined ? [given] : (Deno.env.get("PATH") ?? "").split(":").flatMap(
    (folder) =>
      ["chromium", "chromium-browser", "google-chrome"].map((name) => `${folder}/${name}`),
  );
  return places.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Where the browser listens, which it says on standard error; the rest of that is read and dropped. */
async function endpointOf(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<[endpoint: string, drained: Promise<void>]> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    text += value;
    const endpoint = /DevTools listening on (ws:\S+)\s/.exec(text)?.[1];
    if (endpoint !== undefined) return [endpoint, drain(reader)];
    if (done) throw new Error(`Chromium did not start: ${text}`);
  }
}

async function drain(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}

function opened(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onerror = () => reject(new Error("Cannot drive Chromium: it refused the connection"));
  return promise;
}

function closed(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A browser that ends may hang up without a farewell, which is an error before the end.
  socket.onerror = () => {};
  socket.addEventListener("close", () => resolve());
  return promise;
}
