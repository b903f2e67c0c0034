/**
 * A site whose pages are all the same, and which notes what it is asked.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";

/** A page that was asked for, as the app saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly form: [string, string][] | null;
}

/** A visitor of an app that answers every path with one page, and notes what it was asked. */
export class Site {
  readonly seen: Seen[] = [];
  readonly client: TestClient;

  constructor(html: string, headers: HeadersInit = { "content-type": "text/html" }) {
    this.client = new TestClient({
      fetch: async (request) => {
        const { method, url } = request;
        const isForm = request.headers.get("content-type")?.includes("form") ?? false;
        const copy = request.clone();
        const form = isForm ? [...await request.formData()].map(entry) : null;
        this.seen.push({ method, url, headers: request.headers, body: await copy.text(), form });
        return new Response(html, { headers });
      },
    });
  }

  get last(): Seen {
    const last = this.seen.at(-1);
    assert(last !== undefined);
    return last;
  }
}

export function entry([name, value]: [string, File | string]): [string, string] {
  return [name, value instanceof File ? `file ${value.name} ${value.type} ${value.size}` : value];
}

export async function openForm(html: string, url = "https://app.test/in/page?old=1#top") {
  const site = new Site(html);
  const page = await site.client.open(url);
  return { site, page, form: page.form() };
}
