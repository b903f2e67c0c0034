/**
 * The views of the sign-in example, and the routes that they answer.
 *
 * `/`, `/add`, `/read` and `/logout` are the tutorial's, which signs in and out by GET: a link on any
 * site can do that to a visitor. `/sign-in` and `/sign-out` do the same as an app should: by POST, with
 * a token, and with a session that is bound to the user. Write yours like these.
 *
 * @module
 */

import {
  type Html,
  html,
  HttpBadRequest,
  redirect,
  route,
  type Session,
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
const signIn = route("signin", "/sign-in");
const signOut = route("signout", "/sign-out");

/** The app's routes. */
export const routes = [login, logout, add, read, signIn, signOut];

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
  <p>This form is the tutorial's. It signs in by GET, so a link on any site can do it, and signs out
  by GET. Do not copy it. <a href="${signIn.path()}">The form to copy</a> sends POST and a token.</p>
</body>
</html>
`),

  // The tutorial's: by GET, and by POST. It remembers a name, and signs nobody in.
  add: viewConfig({
    route: add,
    requestMethod: ["GET", "POST"],
  }, async (request: SignInRequest) => {
    (await request.session).set("user", await userOf(request));
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

  // The one to copy: the form carries a token, and is sent by POST.
  signInForm: viewConfig(
    { route: signIn, requestMethod: "GET", httpCache: 0 },
    async (request: SignInRequest) => page(await request.session),
  ),

  signIn: viewConfig({
    route: signIn,
    requestMethod: "POST",
    requireCsrf: true,
  }, async (request: SignInRequest) => {
    // An app of your own verifies a password here, before it believes the name.
    const user = await userOf(request);
    (await request.session).bindTo(user);
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
};

/** The name that a form says, from 1 to 200 characters. */
async function userOf(request: SignInRequest): Promise<string> {
  const user = (await request.params).get("user")?.trim() ?? "";
  if (user !== "" && user.length <= MAX_NAME_LENGTH) return user;
  throw new HttpBadRequest(`Give a user name of 1 to ${MAX_NAME_LENGTH} characters`);
}

/** Who is signed in, and the form that changes it. */
function page(session: Session<SessionData>): Html {
  const token = html`<input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">`;
  const form = session.userId === undefined
    ? html`<form method="post" action="${signIn.path()}">
    ${token}
    <label>User name <input name="user" required maxlength="${MAX_NAME_LENGTH}"></label>
    <button>Sign in</button>
  </form>`
    : html`<form method="post" action="${signOut.path()}">
    ${token}
    Welcome ${session.userId} <button>Sign out</button>
  </form>`;
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sign in by POST</title>
      </head>
      <body>
      ${form}
      <p>This form sends POST and a token, so no other site can sign you in or out. The tutorial's form
      is <a href="${login.path()}">beside it</a>.</p>
      </body>
    </html>
  `;
}
