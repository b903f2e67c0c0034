/**
 * Development mode: errors that no exception view answers show what happened.
 *
 * @module
 */

import { HttpRedirection } from "../../http/redirect.ts";
import type { Logger } from "../../log.ts";
import { printable } from "../../printable.ts";
import type { ViewRequest } from "../../views/request.ts";
import type { AppReport } from "../report.ts";

/**
 * Answers what was thrown with a page that shows what happened; `null` where the plain page is to
 * answer: redirections, visitors who are not at this machine, and whatever the page itself could not be
 * made for. Never rejects.
 *
 * @param error What was thrown.
 * @param request The request that is answered.
 * @param first What the exception view was answering when it threw `error`.
 */
export type DevelopmentPage<Data extends object> = (
  error: unknown,
  request: ViewRequest<Data>,
  first?: unknown,
) => Promise<Response | null>;

/**
 * Makes the pages of development mode. What draws them is loaded with the first error.
 *
 * @param explain Says who would answer a request.
 * @param logger Told why a page could not be made, and once that somebody else did not get it.
 * @param publicOrigin Where the app says that it is.
 */
export function developmentPages<Data extends object>(
  explain: AppReport<Data>["explain"],
  logger: Logger,
  publicOrigin: string | undefined,
): DevelopmentPage<Data> {
  let told = false;
  return async (error, request, first) => {
    if (error instanceof HttpRedirection) return null;
    try {
      const { strangerAt } = await import("./audience.ts");
      const stranger = strangerAt(request, publicOrigin);
      if (stranger !== null) {
        if (!told) {
          logger.warn(
            `The development page was not shown to ${
              printable(stranger)
            }: it is shown at this machine only, at a host such as localhost`,
          );
        }
        told = true;
        return null;
      }
      const { developmentResponse } = await import("./page.ts");
      return await developmentResponse(error, request, { explain, first });
    } catch (failure) {
      logger.error("The development page cannot be made", failure);
      return null;
    }
  };
}
