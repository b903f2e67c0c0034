/**
 * Ours with nothing remembered: each cookie is verified each time.
 *
 * @module
 */

import { signedCookieSessionFactory } from "../../mod.ts";
import { SECRET, type State } from "../payload.ts";
import { serve } from "../serve.ts";
import { makeApp } from "./app.ts";

/** Answers the pages of the bench. */
export const { fetch } = makeApp(signedCookieSessionFactory<State>(SECRET, { verifiedCookies: 0 }));

if (import.meta.main) serve(fetch);
