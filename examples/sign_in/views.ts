/**
 * The views of the sign-in example.
 *
 * `/`, `/add`, `/read` and `/logout` follow Pyramid's tutorial. They sign in and out by GET, so a link
 * on any site can do it to a visitor. `/sign-in` and `/sign-out` use POST, a token, and a session that
 * is bound to the user. Write yours like these.
 *
 * @module
 */

import { HttpBadRequest, redirect, viewConfig, type ViewRequest } from "@pyramidion/pyramidion";
import { style, styleSheet } from "../page.ts";
import {
  addedPage,
  loggedOutPage,
  loginPage,
  MAX_NAME_LENGTH,
  type SessionData,
  signInPage,
  welcomePage,
} from "./pages.ts";
import { add, login, logout, read, signIn, signOut } from "./routes.ts";

type SignInRequest = ViewRequest<SessionData>;

const NAME_ERROR = `Give a user name of 1 to ${MAX_NAME_LENGTH} characters`;

/** Every view, marked with its route. */
export const views = {
  login: viewConfig(
    { route: login, requestMethod: "GET", httpCache: 0 },
    async (request: SignInRequest) => loginPage(await request.session),
  ),

  // The tutorial's: by GET, and by POST. It remembers a name, and signs nobody in.
  add: viewConfig({
    route: add,
    requestMethod: ["GET", "POST"],
  }, async (request: SignInRequest) => {
    const name = await nameOf(request);
    if (!isName(name)) throw new HttpBadRequest(NAME_ERROR);
    const session = await request.session;
    session.set("user", name);
    return addedPage(session);
  }),

  // By `httpCache: 0` the back button does not show the name again after signing out.
  read: viewConfig(
    { route: read, requestMethod: "GET", httpCache: 0 },
    async (request: SignInRequest) => {
      const session = await request.session;
      const user = session.get("user");
      return user === undefined ? redirect(request.routePath(login)) : welcomePage(session, user);
    },
  ),

  logout: viewConfig({ route: logout, requestMethod: "GET" }, async (request: SignInRequest) => {
    const session = await request.session;
    session.invalidate();
    return loggedOutPage(session);
  }),

  // The one to copy: the form carries a token, and is sent by POST.
  signInForm: viewConfig(
    { route: signIn, requestMethod: "GET", httpCache: 0 },
    async (request: SignInRequest) => signInPage(await request.session),
  ),

  signIn: viewConfig({
    route: signIn,
    requestMethod: "POST",
    requireCsrf: true,
  }, async (request: SignInRequest) => {
    const name = await nameOf(request);
    const session = await request.session;
    if (!isName(name)) return signInPage(session, name, NAME_ERROR);
    // Your app verifies a password here, before it believes the name.
    session.bindTo(name);
    return redirect(request.routePath(signIn), { status: 303 });
  }),

  signOut: viewConfig({
    route: signOut,
    requestMethod: "POST",
    requireCsrf: true,
  }, async (request: SignInRequest) => {
    (await request.session).invalidate();
    return redirect(request.routePath(signIn), { status: 303 });
  }),

  style: viewConfig({ route: style }, styleSheet),
};

async function nameOf(request: SignInRequest): Promise<string> {
  return (await request.params).get("user")?.trim() ?? "";
}

function isName(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME_LENGTH;
}
