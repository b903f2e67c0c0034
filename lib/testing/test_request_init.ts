/**
 * What a request of a visitor can be told besides what `fetch` takes.
 *
 * @module
 */

/** What requests of a `TestClient` take: what the Web's `fetch` takes, and more. */
export interface TestRequestInit extends RequestInit {
  /**
   * The page that makes the request, by its URL: `Origin`, `Referer`, `Sec-Fetch-Site` and the
   * cookies that go along follow from it. Default: a page of the target's own origin.
   */
  readonly from?: string | URL;
  /**
   * Whether the CSRF token of the last page that was opened goes along in the header `X-CSRF-Token`,
   * or in the header of this name. @default {false}
   */
  readonly csrfHeader?: boolean | string;
}
