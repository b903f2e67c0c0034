/**
 * The guestbook's pages, and the routes that they answer.
 *
 * @module
 */

import {
  type BadCsrfToken,
  type Html,
  html,
  type HttpNotFound,
  redirect,
  route,
  type Session,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";

/** Says who may sign in: an app's own database, a directory, another site. */
export interface Accounts {
  /** Whether this is the user's password. */
  verify(user: string, password: string): boolean | Promise<boolean>;
}

/** What the app remembers of a visitor besides who signed in, which is `session.userId`. */
export interface SessionData {
  /** A text that was sent before signing in. */
  draft: string;
}

type GuestbookRequest = ViewRequest<SessionData>;

/** An entry of the book. */
interface Entry {
  readonly author: string;
  readonly text: string;
}

const book = route("book", "/");
const login = route("login", "/login");
const logout = route("logout", "/logout");

/** The app's routes. */
export const routes = [book, login, logout];

const MAX_LENGTH = 500;
const MAX_ENTRIES = 100;

/** Makes the views of one book. By `httpCache: 0` no page is kept, to be shown after signing out. */
export function makeViews(accounts: Accounts): object {
  const entries: Entry[] = [];

  return {
    read: viewConfig({ route: book, httpCache: 0 }, async (request: GuestbookRequest) => {
      const session = await request.session;
      return page(session, "Guestbook", bookPage(session, entries, session.get("draft")));
    }),

    write: viewConfig(
      { route: book, requestMethod: "POST" },
      async (request: GuestbookRequest) => {
        const session = await request.session;
        const text = await field(request, "text");
        if (session.userId === undefined) {
          session.set("draft", text.slice(0, MAX_LENGTH)).flash("Sign in to write");
          return redirect(request.routePath(login), { status: 303 });
        }
        if (text === "" || text.length > MAX_LENGTH) {
          session.flash(`Write 1 to ${MAX_LENGTH} characters`);
          return page(session, "Guestbook", bookPage(session, entries, text), 422);
        }
        entries.unshift({ author: session.userId, text });
        entries.length = Math.min(entries.length, MAX_ENTRIES);
        session.delete("draft");
        session.flash("Thank you for writing");
        // After a redirection, loading the page again does not send the form again.
        return redirect(request.routePath(book), { status: 303 });
      },
    ),

    loginForm: viewConfig({ route: login, httpCache: 0 }, async (request: GuestbookRequest) => {
      const session = await request.session;
      return page(session, "Sign in", loginPage(session, ""));
    }),

    login: viewConfig(
      { route: login, requestMethod: "POST" },
      async (request: GuestbookRequest) => {
        const session = await request.session;
        const user = await field(request, "user");
        if (!await accounts.verify(user, await field(request, "password"))) {
          session.flash("User or password is wrong");
          return page(session, "Sign in", loginPage(session, user), 403);
        }
        // A new session of this user; what the visitor did before, the draft, is kept.
        session.bindTo(user);
        session.flash(`Welcome, ${user}`);
        return redirect(request.routePath(book), { status: 303 });
      },
    ),

    logout: viewConfig(
      { route: logout, requestMethod: "POST" },
      async (request: GuestbookRequest) => {
        const session = await request.session;
        session.invalidate();
        session.flash("You are signed out");
        return redirect(request.routePath(book), { status: 303 });
      },
    ),
  };
}

const back = html`<p><a href="${book.path()}">Guestbook</a></p>`;

/** Answers what no route matches. */
export async function notFound(error: HttpNotFound, request: GuestbookRequest): Promise<Response> {
  return page(await request.session, "There is no such page", back, error.status);
}

/** Answers a form that is older than its session, as one from before signing in. */
export async function staleForm(error: BadCsrfToken, request: GuestbookRequest): Promise<Response> {
  return page(await request.session, error.message, back, error.status);
}

/** A field of the form, trimmed; empty where it is missing or a file. */
async function field(request: GuestbookRequest, name: string): Promise<string> {
  const value = (await request.form()).get(name);
  // Browsers send CRLF for what they count as one character.
  return typeof value === "string" ? value.trim().replaceAll("\r\n", "\n") : "";
}

function csrfField(session: Session<SessionData>): Html {
  return html`<input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">`;
}

function bookPage(session: Session<SessionData>, entries: readonly Entry[], draft = ""): Html {
  const written = entries.map(({ author, text }) => html`<li><b>${author}</b> ${text}</li>`);
  return html`
    <form name="write" method="post" action="${book.path()}">
      ${csrfField(session)}
      <label>Your words <textarea name="text" required maxlength="${MAX_LENGTH}">${draft}</textarea></label>
      <button>Write</button>
    </form>
    <ol>${written}</ol>
  `;
}

function loginPage(session: Session<SessionData>, user: string): Html {
  return html`
    <form name="login" method="post" action="${login.path()}">
      ${csrfField(session)}
      <label>User <input name="user" required autocomplete="username" value="${user}"></label>
      <label>Password <input name="password" type="password" required></label>
      <button>Sign in</button>
    </form>
  `;
}

function visitorForm(session: Session<SessionData>): Html {
  if (session.userId === undefined) return html`<a href="${login.path()}">Sign in</a>`;
  return html`
    <form name="logout" method="post" action="${logout.path()}">
      ${csrfField(session)} ${session.userId} <button>Sign out</button>
    </form>
  `;
}

/** What every page has: who is signed in, and what there is to say. */
function page(session: Session<SessionData>, title: string, content: Html, status = 200): Response {
  const messages = session.popFlash().map((message) => html`<p role="status">${message}</p>`);
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>${title}</title>
      </head>
      <body>
        ${visitorForm(session)}
        <h1>${title}</h1>
        ${messages} ${content}
      </body>
    </html>
  `.toResponse({ status });
}
