/**
 * The routes of the guestbook.
 *
 * @module
 */

import { route } from "@pyramidion/pyramidion";

/** The entries, and the form for a new one. */
export const book = route("book", "/");

/** The form to sign in. */
export const login = route("login", "/login");

/** Where the button to sign out leads. */
export const logout = route("logout", "/logout");
