/**
 * Ours with nothing remembered: each cookie is verified each time.
 *
 * @module
 */

import { signedCookieSessionFactory } from "../../mod.ts";
import { SECRET, type State } from "../payload.ts";
import { serve } from "../serve.ts";
import { makeApp } from "./app.ts";

// Not written at the call: so it may be stated to a version that does not know the option yet.
const options = { timeout: 1200, remembered: 0 };

/** Answers the pages of the bench. */
export const { fetch } = makeApp(signedCookieSessionFactory<State>(SECRET, options));

if (import.meta.main) serve(fetch);
