/**
 * The routes of the sign-in example: four of Pyramid's tutorial, and two to copy.
 *
 * @module
 */

import { route } from "@pyramidion/pyramidion";

/** The tutorial's form. */
export const login = route("login", "/");

/** Where the tutorial signs out. */
export const logout = route("logout", "/logout");

/** Where the tutorial's form leads. */
export const add = route("addsession", "/add");

/** The tutorial's page for a visitor with a name. */
export const read = route("readsession", "/read");

/** The form to copy. */
export const signIn = route("signin", "/sign-in");

/** Where the form to copy signs out. */
export const signOut = route("signout", "/sign-out");
