/**
 * Ours with encrypted cookies, every option at its default.
 *
 * @module
 */

import { encryptedCookieSessionFactory } from "../../mod.ts";
import { SECRET, type State } from "../payload.ts";
import { serve } from "../serve.ts";
import { makeApp } from "./app.ts";

/** Answers the pages of the bench. */
export const { fetch } = makeApp(encryptedCookieSessionFactory<State>(SECRET));

if (import.meta.main) serve(fetch);
