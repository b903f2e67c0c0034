/**
 * The pages of the guestbook. They read the session and change nothing but its messages.
 *
 * @module
 */

import { csrfField, type Html, html, type Session } from "@pyramidion/pyramidion";
import { errorSummary, field, message, page } from "../page.ts";
import { book, login, logout } from "./routes.ts";

/** What the app remembers of a visitor, besides the user in `session.userId`. */
export interface SessionData {
  /** A text that the visitor sent before signing in. */
  draft: string;
}

/** An entry of the book. */
export interface Entry {
  readonly author: string;
  readonly text: string;
  readonly at: Date;
}

/** How a form is shown. */
export interface FormState {
  /** What the visitor has typed. It is shown again. */
  readonly typed?: string;
  /** What is wrong: a text for each wrong field. */
  readonly errors?: Readonly<Record<string, string>>;
  /** The status of the response. @default {200} */
  readonly status?: number;
}

type Visitor = Session<SessionData>;

/** The most characters that an entry has. */
export const MAX_LENGTH = 500;

const APP = { app: "Guestbook", source: "examples/guestbook" };
const back = html`<p><a href="${book.path()}">Go to the guestbook</a></p>`;

/** The entries, and the form for a new one. */
export function bookPage(
  session: Visitor,
  entries: readonly Entry[],
  state: FormState,
): Response {
  const form = writeForm(session, state);
  const count = entries.length === 1 ? "1 entry" : `${entries.length} entries, newest first`;
  const content = html`<h1>Guestbook</h1>
<p class="lead">${entries.length === 0 ? "No entries yet" : count}</p>
<div class="columns">
  <section class="card" aria-labelledby="new"><h2 id="new">Write an entry</h2>${form}</section>
  <section aria-labelledby="entries"><h2 id="entries" class="unseen">Entries</h2>
    ${
    entries.length === 0
      ? html`<p class="empty"><b>The book is empty.</b> Write the first entry.</p>`
      : html`<ol class="entries">${entries.map(entryItem)}</ol>`
  }
  </section>
</div>`;
  return visitorPage(session, "Guestbook", content, "Your entry is not saved", state);
}

/** The form to sign in. The password is never shown again. An error marks both fields. */
export function loginPage(session: Visitor, form: FormState = {}): Response {
  const error = form.errors?.user;
  const content = html`
    <div class="card narrow">
      <h1>Sign in</h1>
      <form name="login" method="post" action="${login.path()}">
      ${csrfField(session)}
      ${field(
        { name: "user", label: "User name", sharedError: error && "password-error" },
        (attributes) =>
          html`<input ${attributes} value="${form.typed}" required autocomplete="username" autocapitalize="none">`,
      )}
      ${field(
        { name: "password", label: "Password", error },
        (attributes) =>
          html`<input ${attributes} type="password" required autocomplete="current-password">`,
      )}
      <button>Sign in</button>
      </form>
    </div>
  `;
  return visitorPage(session, "Sign in", content, "You are not signed in", form);
}

/** Answers a form that is too old for its session: shows its text in a form of this session. */
export function stalePage(session: Visitor, typed: string, status: number): Response {
  const title = "The form is out of date";
  const content = html`
    <div class="narrow">
      <h1>${title}</h1>
      <p>${typed === ""
        ? "Nothing was changed. Load the page again, then send it once more."
        : "Your entry is not saved. Check it, then send it again."}</p>
      ${typed !== "" && html`<div class="card">${writeForm(session, { typed })}</div>`} ${back}
    </div>
  `;
  return page({ ...APP, title, content, visitor: visitorOf(session), status });
}

/** The page for a path that no route has. It leaves the messages for the next page. */
export function notFoundPage(session: Visitor, status: number): Response {
  const title = "There is no such page";
  const content = html`<h1>${title}</h1>${back}`;
  return page({ ...APP, title, content, visitor: visitorOf(session), status });
}

function writeForm(session: Visitor, { typed, errors }: FormState): Html {
  const hint = `At most ${MAX_LENGTH} characters`;
  return html`<form name="write" method="post" action="${book.path()}">
  ${csrfField(session)}
  ${
    field({ name: "text", label: "Your words", hint, error: errors?.text }, (attributes) =>
      // An HTML parser drops the first line break of a text area.
      html`<textarea ${attributes} rows="5" required maxlength="${MAX_LENGTH}">\n${typed}</textarea>`)
  }
  <button>Write</button>
</form>`;
}

function entryItem({ author, text, at }: Entry): Html {
  const time = at.toLocaleString("en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return html`<li class="card"><span class="initial" aria-hidden="true">${
    [...author][0]?.toUpperCase()
  }</span>
  <p class="byline"><b>${author}</b> <time datetime="${at.toISOString()}">${time} UTC</time></p>
  <p class="text">${text}</p></li>`;
}

/** A page with the visitor in its header, and with the messages of the session. */
function visitorPage(
  session: Visitor,
  title: string,
  content: Html,
  complaint: string,
  { errors = {}, status = 200 }: FormState,
): Response {
  const hasErrors = Object.keys(errors).length > 0;
  const messages = session.popFlash().map(message);
  if (hasErrors) messages.push(errorSummary(complaint, errors));
  return page({ ...APP, title, content, visitor: visitorOf(session), messages, hasErrors, status });
}

/** What the header shows: the way to sign in, or who is signed in and the way out. */
function visitorOf(session: Visitor): Html {
  return session.userId === undefined
    ? html`<a href="${login.path()}">Sign in</a>`
    : html`<form name="logout" method="post" action="${logout.path()}">
  ${csrfField(session)}
  <span><span class="who">Signed in as </span><b>${session.userId}</b></span> <button class="plain">Sign out</button>
</form>`;
}
