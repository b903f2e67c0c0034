/**
 * The routes of the accounts.
 *
 * @module
 */

import { type Route, route } from "@pyramidion/pyramidion";

/** The devices on which the user is signed in. */
export const devices = route("devices", "/");

/** Where the button of a device leads. */
export const end = route("end", "/end");

/** Where the button for all other devices leads. */
export const endOthers = route("end-others", "/end-others");

/** The form to make an account. */
export const signUp = route("sign-up", "/sign-up");

/** The form to sign in. */
export const signIn = route("sign-in", "/sign-in");

/** Where the button to sign out leads. */
export const signOut = route("sign-out", "/sign-out");

/** All users, for the administrator. */
export const users = route("users", "/users");

/** The devices of one user, for the administrator. */
export const user = route("user", "/users/:name");

/** Where the administrator's button of a device leads. */
export const endOfUser = route("end-of-user", "/users/:name/end");

/** Where the administrator's button for all devices leads. */
export const endAllOfUser = route("end-all-of-user", "/users/:name/end-all");

/** Each of them. */
export const routes: readonly Route[] = [
  devices,
  end,
  endOthers,
  signUp,
  signIn,
  signOut,
  users,
  user,
  endOfUser,
  endAllOfUser,
];
