/**
 * Responses that were sent, for tests of what is written about them.
 *
 * @module
 */

import { Configurator, html } from "@pyramidion/pyramidion";
import { type Delivery, type ResponseFacts, ResponseSent } from "@pyramidion/pyramidion/access-log";
import { sampleRequest } from "../sample_app.ts";

/** What a response differs in. */
export interface SentOptions {
  /** The facts that differ. */
  readonly facts?: Partial<ResponseFacts>;
  /** How the sending differs. */
  readonly delivery?: Partial<Delivery>;
  /** The status. @default {200} */
  readonly status?: number;
}

/** A response to `GET /users/7` that was sent. */
export function sentResponse({ facts, delivery, status = 200 }: SentOptions = {}): ResponseSent {
  return new ResponseSent(
    sampleRequest("https://app.test/users/7"),
    new Response(null, { status }),
    {
      requestId: "f3a1",
      method: "GET",
      path: "/users/7",
      search: "",
      clientAddress: "192.0.2.7",
      route: "/users/:id",
      view: "view user",
      session: "loaded",
      rejected: undefined,
      error: undefined,
      isUnforeseen: false,
      ...facts,
    },
    { end: "sent", bytes: 512, milliseconds: 1.26, ...delivery },
  );
}

/** An app of one page with something included. */
export function pageApp(include: (config: Configurator) => void) {
  return new Configurator().include(include)
    .addRoute("user", "/users/:id", {
      view: function user() {
        return html`Ada`;
      },
    })
    .makeApp();
}
