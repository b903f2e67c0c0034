/**
 * Peer: itty-router. It has no sessions and no signed cookies.
 *
 * @module
 */

import { IttyRouter } from "itty-router";
import { HELLO } from "../payload.ts";
import { serve } from "../serve.ts";

const router = IttyRouter();
router.get("/hello", () => new Response(HELLO));

serve((request) => router.fetch(request));
