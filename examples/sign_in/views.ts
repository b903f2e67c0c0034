/**
 * The views of the sign-in example, and the routes that they answer.
 *
 * @module
 */

import {
  html,
  HttpBadRequest,
  redirect,
  route,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";

/** What the app remembers of a visitor. */
export interface SessionData {
  /** The name that the visitor gave. */
  user: string;
}

type SignInRequest = ViewRequest<SessionData>;

const login = route("login", "/");
const logout = route("logout", "/logout");
const add = route("addsession", "/add");
const read = route("readsession", "/read");

/** The app's routes. */
export const routes = [login, logout, add, read];

const MAX_NAME_LENGTH = 200;

/** Every view, marked with its route. */
export const views = {
  // deno-fmt-ignore: it would indent the page.
  login: viewConfig({ route: login, requestMethod: "GET" }, () => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sign in</title>
</head>
<body>
  <form action="/add">
    <label>Enter User name : <input type="text" name="user" required maxlength="${MAX_NAME_LENGTH}"></label>
    <input type="submit" value="submit">
  </form>
</body>
</html>
`),

  // By GET as in the tutorial, and by POST.
  add: viewConfig({
    route: add,
    requestMethod: ["GET", "POST"],
  }, async (request: SignInRequest) => {
    const user = (await request.params).get("user")?.trim() ?? "";
    if (user === "" || user.length > MAX_NAME_LENGTH) {
      throw new HttpBadRequest(`Give a user name of 1 to ${MAX_NAME_LENGTH} characters`);
    }
    (await request.session).set("user", user);
    return html`<h2>Session object added.</h2><br><h3><a href="/read">click here</a></h3>`;
  }),

  // Kept nowhere, so that going back after signing out does not show the name again.
  read: viewConfig(
    { route: read, requestMethod: "GET", httpCache: 0 },
    async (request: SignInRequest) => {
      const user = (await request.session).get("user");
      if (user === undefined) return redirect(request.routePath(login));
      return html`<h2>Welcome ${user} </h2><br><h3><a href="/logout">Logout</a></h3>`;
    },
  ),

  logout: viewConfig({ route: logout, requestMethod: "GET" }, async (request: SignInRequest) => {
    (await request.session).invalidate();
    return html`<h2>You have been logged out </h2><br><h3><a href="/">Login</a></h3>`;
  }),
};
