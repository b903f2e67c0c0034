/**
 * Ours as it is shipped: signed cookies, every option at its default.
 *
 * @module
 */

import { signedCookieSessionFactory } from "../../mod.ts";
import { SECRET, type State } from "../payload.ts";
import { serve } from "../serve.ts";
import { makeApp } from "./app.ts";

/** Answers the pages of the bench. */
export const { fetch } = makeApp(signedCookieSessionFactory<State>(SECRET));

if (import.meta.main) serve(fetch);
