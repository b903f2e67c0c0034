/**
 * The views of the guestbook: what each form does, and which page answers it.
 *
 * @module
 */

import {
  type BadCsrfToken,
  type HttpNotFound,
  redirect,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { Accounts } from "./accounts.ts";
import {
  bookPage,
  type Entry,
  loginPage,
  MAX_LENGTH,
  notFoundPage,
  type SessionData,
  stalePage,
} from "./pages.ts";
import { book, login, logout } from "./routes.ts";

type GuestbookRequest = ViewRequest<SessionData>;

const MAX_ENTRIES = 100;

/** Makes the views of one book. */
export function makeViews(accounts: Accounts, now: () => Date): object {
  const entries: Entry[] = [];

  return {
    // By `httpCache: 0` browsers keep no page, so none is shown after signing out.
    read: viewConfig({ route: book, httpCache: 0 }, async (request: GuestbookRequest) => {
      const session = await request.session;
      return bookPage(session, entries, { typed: session.get("draft") ?? "" });
    }),

    write: viewConfig({ route: book, requestMethod: "POST" }, async (request: GuestbookRequest) => {
      const session = await request.session;
      const text = (await fieldOf(request, "text")).trim();
      if (text === "" || text.length > MAX_LENGTH) {
        const errors = { text: `Write 1 to ${MAX_LENGTH} characters` };
        return bookPage(session, entries, { typed: text, errors, status: 422 });
      }
      if (session.userId === undefined) {
        session.set("draft", text).flash("Your words are kept. Sign in to write.");
        return redirect(request.routePath(login), { status: 303 });
      }
      entries.unshift({ author: session.userId, text, at: now() });
      entries.length = Math.min(entries.length, MAX_ENTRIES);
      session.delete("draft");
      session.flash("Thank you for writing");
      // After a redirection, loading the page again does not send the form again.
      return redirect(request.routePath(book), { status: 303 });
    }),

    loginForm: viewConfig({ route: login, httpCache: 0 }, async (request: GuestbookRequest) => {
      return loginPage(await request.session);
    }),

    login: viewConfig({ route: login, requestMethod: "POST" }, async (
      request: GuestbookRequest,
    ) => {
      const session = await request.session;
      const user = (await fieldOf(request, "user")).trim();
      if (await accounts.verify(user, await fieldOf(request, "password")) !== true) {
        // Which of the two is wrong would tell which users exist.
        const errors = { user: "The user name or the password is wrong" };
        return loginPage(session, { typed: user, errors, status: 403 });
      }
      // A new session of this user. The draft of the visitor is kept.
      session.bindTo(user);
      session.flash(`Welcome, ${user}`);
      return redirect(request.routePath(book), { status: 303 });
    }),

    logout: viewConfig({ route: logout, requestMethod: "POST" }, async (
      request: GuestbookRequest,
    ) => {
      const session = await request.session;
      session.invalidate();
      session.flash("You are signed out");
      return redirect(request.routePath(book), { status: 303 });
    }),
  };
}

/** Answers what no route matches. */
export async function notFound(error: HttpNotFound, request: GuestbookRequest): Promise<Response> {
  return notFoundPage(await request.session, error.status);
}

/** Answers a form that is older than its session, for example from before signing in. */
export async function staleForm(error: BadCsrfToken, request: GuestbookRequest): Promise<Response> {
  const text = request.hasForm ? await fieldOf(request, "text") : "";
  return stalePage(await request.session, text, error.status);
}

/** A field of the form. It is empty if the field is missing or a file. */
async function fieldOf(request: GuestbookRequest, name: string): Promise<string> {
  const value = (await request.form()).get(name);
  // Browsers send CRLF for what they count as one character.
  return typeof value === "string" ? value.replaceAll("\r\n", "\n") : "";
}
