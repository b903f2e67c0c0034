/**
 * The pages of the sign-in example.
 *
 * The words and the markup in `.tutorial` are those of Pyramid's tutorial.
 *
 * @module
 */

import { csrfField, type Html, html, type Session } from "@pyramidion/pyramidion";
import { errorSummary, field, page } from "../page.ts";
import { add, login, logout, read, signIn, signOut } from "./routes.ts";

/** What the app remembers of a visitor. */
export interface SessionData {
  /** The name that the visitor gave to the tutorial's form. */
  user: string;
}

/** The most characters that a name has. */
export const MAX_NAME_LENGTH = 200;

const APP = { app: "Sign-in", source: "examples/sign_in" };

type Visitor = Session<SessionData>;

/** The tutorial's form. */
export function loginPage(session: Visitor): Response {
  return tutorialPage(
    session,
    "Sign in",
    html`<form action="${add.path()}">
  <label>Enter User name : <input type="text" name="user" required maxlength="${MAX_NAME_LENGTH}"></label>
  <input type="submit" value="submit">
</form>`,
  );
}

/** The tutorial's answer to a name. */
export function addedPage(session: Visitor): Response {
  const words =
    html`<h2>Session object added.</h2><br><h3><a href="${read.path()}">click here</a></h3>`;
  return tutorialPage(session, "Session object added", words);
}

/** The tutorial's page for a visitor with a name. */
export function welcomePage(session: Visitor, user: string): Response {
  const words = html`<h2>Welcome ${user} </h2><br><h3><a href="${logout.path()}">Logout</a></h3>`;
  return tutorialPage(session, "Welcome", words);
}

/** The tutorial's page after signing out. */
export function loggedOutPage(session: Visitor): Response {
  const words =
    html`<h2>You have been logged out </h2><br><h3><a href="${login.path()}">Login</a></h3>`;
  return tutorialPage(session, "Logged out", words);
}

/** The form to copy: signs in, or says who is signed in and signs out. */
export function signInPage(session: Visitor, typed = "", error?: string): Response {
  const isSignedIn = session.userId !== undefined;
  const tutorialName = session.get("user");
  const content = html`<div class="narrow">
  <div class="card">${
    isSignedIn
      ? html`<h1>Welcome ${session.userId}</h1>${signOutForm(session)}`
      : html`<h1>Sign in by POST</h1>${signInForm(session, typed, error)}`
  }</div>
  ${
    !isSignedIn && tutorialName !== undefined && html`<div class="card">
    <p>The tutorial remembers the name ${tutorialName}. This button signs out by POST.</p>
    ${signOutForm(session)}
  </div>`
  }
  <p class="note">These forms send POST and a token, so a link on another site cannot send them. A real
  app also verifies a password: the guestbook example shows how. <a href="${login.path()}">The
  tutorial's form</a> is for comparison.</p>
</div>`;
  return page({
    ...APP,
    title: "Sign in by POST",
    content,
    visitor: visitorOf(session),
    messages: error === undefined ? [] : [errorSummary("You are not signed in", { user: error })],
    hasErrors: error !== undefined,
    status: error === undefined ? 200 : 400,
  });
}

function signInForm(session: Visitor, typed: string, error?: string): Html {
  return html`<form name="sign-in" method="post" action="${signIn.path()}">
  ${csrfField(session)}
  ${
    field({ name: "user", label: "User name", error }, (attributes) =>
      html`<input ${attributes} value="${typed}" required maxlength="${MAX_NAME_LENGTH}" autocomplete="username">`)
  }
  <button>Sign in</button>
</form>`;
}

function signOutForm(session: Visitor): Html {
  return html`<form name="sign-out" method="post" action="${signOut.path()}">
  ${csrfField(session)}
  <button>Sign out</button>
</form>`;
}

/** What the header shows: who is signed in by POST, and the way to the form. */
function visitorOf({ userId }: Visitor): Html {
  return html`${
    userId !== undefined &&
    html`<span><span class="who">Signed in as </span><a href="${signIn.path()}">${userId}</a></span>`
  }`;
}

/** A page of the tutorial, and beside it the way to what one can copy. */
function tutorialPage(session: Visitor, title: string, words: Html): Response {
  const content = html`
    <h1>Pyramid's session tutorial</h1>
    <p
      class="lead">This page follows the tutorial of Pyramid, with its words. It signs in and out by GET.
    That is for the tutorial only, because a link on any site can then do it.</p>
    <div class="columns even">
      <section class="card tutorial" aria-label="The tutorial">${words}</section>
      <section class="card" aria-labelledby="copy">
        <h2 id="copy">Copy this instead</h2>
        <p>It signs in and out by POST, with a token. A link cannot do that.</p>
        <p><a class="button" href="${signIn.path()}">The form to copy</a></p>
      </section>
    </div>
  `;
  return page({ ...APP, title, content, visitor: visitorOf(session) });
}
